import Type, { type Static } from 'typebox'
import { bearerOf } from '../model/bearer.ts'
import type { Delivery } from '../model/delivery.ts'
import { Problem } from '../model/problem.ts'
import { maskedLink } from '../model/webhook-link.ts'
import type { Accounts } from '../ports/core.ts'
import type { Outbox } from '../ports/engine.ts'
import type { HttpRequest, HttpRoute } from '../ports/http.ts'

interface DeadLetterParts {
  readonly accounts: Pick<Accounts, 'user'>
  readonly outbox: Pick<Outbox, 'dead'>
}

/** How many letters one reply has at most. */
const most = 1000

const deadLetter = Type.Object({
  room: Type.String({ examples: ['b7QmYw1n8KxR2sT6'] }),
  webhook: Type.String({
    description: 'Without its token.',
    examples: ['https://discord.com/api/webhooks/1234567890/***'],
  }),
  authorName: Type.String({ examples: ['Ada'] }),
  content: Type.String({ examples: ['Hello, everyone'] }),
  reason: Type.String({ description: 'Why it was given up.', examples: ['the webhook no longer exists'] }),
})

/** `GET /admin/dead-letters`: for admins of the gateway, the messages for webhooks that were given up, oldest first. */
export function deadLetterRoute({ accounts, outbox }: DeadLetterParts): HttpRoute {
  async function checkAdmin(request: HttpRequest): Promise<void> {
    const token = bearerOf(request.header('authorization'))
    if (token === null) throw new Problem('unauthorized', 'Send a token as "Authorization: Bearer …".')
    if (!(await accounts.user(token)).admin)
      throw new Problem('forbidden', 'Only an admin of the gateway may read this.')
  }

  return {
    method: 'GET',
    path: '/admin/dead-letters',
    summary: 'Messages for webhooks that were given up, oldest first (admins of the gateway)',
    tag: 'operations',
    replies: {
      200: {
        says: `At most ${most} of them.`,
        schema: Type.Object({ deadLetters: Type.Array(deadLetter) }),
      },
      401: { says: 'No token, or one that is not good.' },
      403: { says: 'Not an admin of the gateway.' },
    },
    async answer(request) {
      await checkAdmin(request)
      return { status: 200, body: { deadLetters: (await outbox.dead(most)).map(viewOf) } }
    },
  }
}

function viewOf(delivery: Delivery): Static<typeof deadLetter> {
  const { room, url, authorName, content, deadBecause } = delivery
  return { room, webhook: maskedLink(url), authorName, content, reason: deadBecause ?? '' }
}
