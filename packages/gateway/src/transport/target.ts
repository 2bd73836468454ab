/** A request's target (RFC 9112 §3.2), taken apart. */
export interface Target {
  /** As sent, without the query: what may be logged. */
  readonly path: string
  readonly query: URLSearchParams
}

export function parseTarget(url: string): Target {
  const mark = url.indexOf('?')
  if (mark < 0) return { path: url, query: new URLSearchParams() }
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}

/** The segments of a path, percent-decoded; null where one cannot be. */
export function segmentsOf(path: string): (string | null)[] {
  return path.split('/').slice(1).map(decodeSegment)
}

/** Null when it is not percent-encoded UTF-8 (RFC 3986 §2.1). */
export function decodeSegment(segment: string): string | null {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}
