/** A webhook's link as it is shown to those who may not post to it: its last segment, the token, is left out. */
export function maskedLink(link: string): string
export function maskedLink(link: string | null): string | null
export function maskedLink(link: string | null): string | null {
  return link === null ? null : link.replace(/[^/]*$/, '***')
}
