import type { MessengerError } from './errors.ts'

/** This protocol counts time in whole seconds since 1970. */
export function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

/** `payload` is JSON text. */
export function responseFrame(at: number, id: string, payload?: string): string {
  const answer = payload === undefined ? '' : `,"payload":${payload}`
  return `{"type":"response","timestamp":${seconds(at)},"id":${JSON.stringify(id)}${answer}}`
}

export function errorFrame(at: number, id: string | null, error: MessengerError): string {
  return `{"type":"response","timestamp":${seconds(at)},"id":${JSON.stringify(id)},"error":${JSON.stringify(error)}}`
}

/** What comes before and after an event's id, which only some events have. `payload` is JSON text. */
export function eventFrame(at: number, id: number | null, name: string, payload: string): string {
  const place = id === null ? '' : `"id":${id},`
  return `{"type":"event","timestamp":${seconds(at)},${place}"eventType":"${name}","payload":${payload}}`
}

/** The answer to a text frame `ping`. */
export function pongFrame(at: number): string {
  return `{"type":"event","timestamp":${seconds(at)},"eventType":"pong"}`
}
