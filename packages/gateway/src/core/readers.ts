import type { Connection } from '../ports/connection.ts'
import type { Addressee, Letter } from '../ports/inbox-store.ts'
import type { MailSpeech, Notice } from '../ports/mail.ts'

/** A connection that is told what reaches its user. */
export class Reader {
  readonly userId: string
  readonly connection: Connection
  readonly speech: MailSpeech
  /** What it waits to be told until it has been told what it missed; null once it is told things as they come. */
  backlog: { readonly id: number | null; readonly text: string }[] | null = []
  /** The id of the event that was its own doing last. */
  doing: string | null = null

  constructor(userId: string, connection: Connection, speech: MailSpeech) {
    this.userId = userId
    this.connection = connection
    this.speech = speech
  }

  tell(id: number | null, text: string): void {
    if (this.backlog === null) this.connection.send(text)
    else this.backlog.push({ id, text })
  }
}

/** The readers of each user here. A mailing costs what its addressees have connections, however many rooms and users there are. */
export class Readers {
  readonly #users = new Map<string, Set<Reader>>()

  /** How many users have a reader here. */
  get size(): number {
    return this.#users.size
  }

  add(reader: Reader): void {
    const readers = this.#users.get(reader.userId)
    if (readers === undefined) this.#users.set(reader.userId, new Set([reader]))
    else readers.add(reader)
  }

  remove(reader: Reader): void {
    const readers = this.#users.get(reader.userId)
    if (readers?.delete(reader) && readers.size === 0) this.#users.delete(reader.userId)
  }

  /** Tells each addressee's readers, but for the one whose doing it was. What all share is encoded once per speech. */
  mail(letter: Letter, to: readonly Addressee[]): void {
    const said = new Map<MailSpeech, ((addressee: Addressee) => string) | null>()
    for (const addressee of to) {
      for (const reader of this.#users.get(addressee.userId) ?? []) {
        if (reader.doing === letter.event.id) continue
        let say = said.get(reader.speech)
        if (say === undefined) {
          say = reader.speech.letter(letter)
          said.set(reader.speech, say)
        }
        if (say !== null) reader.tell(addressee.id, say(addressee))
      }
    }
  }

  /** Tells these users, as far as they have readers here. */
  notify(notice: Notice, userIds: Iterable<string>): void {
    for (const userId of userIds) {
      for (const reader of this.#users.get(userId) ?? [])
        reader.tell(null, reader.speech.notice(notice)(userId))
    }
  }
}
