import Type from 'typebox'
import { defaultStoreSettings } from '../../engines/embedded/settings.ts'
import { defaultLimits } from '../../transport/limits.ts'
import { whole } from './fields.ts'

export const limitsSection = Type.Object(
  {
    messageBytes: whole(
      defaultLimits.messageBytes,
      'Largest inbound message in bytes, where a protocol sets no limit of its own.',
      1,
    ),
    fragments: whole(defaultLimits.fragments, 'Most fragments of one inbound message.', 1),
    readsPerFrame: whole(
      defaultLimits.readsPerFrame,
      'Most reads of the socket that one inbound frame may take to arrive.',
      1,
    ),
    unfinishedMessage: whole(
      defaultLimits.unfinishedMessage,
      'How long an inbound message may stay begun and unfinished, in milliseconds.',
      1,
    ),
    unacknowledged: whole(
      defaultLimits.unacknowledged,
      'How long the other end of an event stream may acknowledge nothing of what it was sent until it counts as gone, in milliseconds. Linux only.',
      100,
    ),
    framesPerSecond: whole(
      defaultLimits.framesPerSecond,
      'Inbound frames a second that a connection may send for long.',
      1,
    ),
    frameBurst: whole(defaultLimits.frameBurst, 'Inbound frames a connection may send at once.', 1),
    strikes: whole(
      defaultLimits.strikes,
      'How many frames over the limit, within `strikeWindow`, end the connection.',
      1,
    ),
    strikeWindow: whole(defaultLimits.strikeWindow, 'See `strikes`; in milliseconds.', 1),
    softBacklog: whole(
      defaultLimits.softBacklog,
      'Bytes a connection may leave unread for `softBacklogFor` before it is closed as too slow.',
      1,
    ),
    softBacklogFor: whole(
      defaultLimits.softBacklogFor,
      'See `softBacklog`; in milliseconds. A reply to an HTTP request may be of any size, but is cut off when nothing of it is read for so long.',
    ),
    hardBacklog: whole(
      defaultLimits.hardBacklog,
      'Bytes a connection may leave unread at any moment; at least `softBacklog`.',
      1,
    ),
    totalBacklog: whole(
      defaultLimits.totalBacklog,
      'Bytes all connections together may leave unread; beyond it the slowest are closed first. At least `hardBacklog`.',
      1,
    ),
    closeGrace: whole(
      defaultLimits.closeGrace,
      'How long a closed connection may take to read its last bytes and answer the close, in milliseconds.',
    ),
    sockets: whole(
      defaultLimits.sockets,
      'Open sockets of all addresses together, whatever they are for; each is a file descriptor. Further ones are told to come back (503). Development mode does not count those from this machine.',
      1,
    ),
    socketsPerAddress: whole(
      defaultLimits.socketsPerAddress,
      'Open sockets of one address besides `connectionsPerAddress`: for requests, and for who has not said yet what for. Only where `trustedHops` is 0; development mode does not count those from this machine.',
      1,
    ),
    connectionsPerAddress: whole(
      defaultLimits.connectionsPerAddress,
      'Open connections from one address (of IPv6: one /64 network). Development mode does not count those from this machine.',
      1,
    ),
    newPerAddress: whole(
      defaultLimits.newPerAddress,
      'New connections a second from one address. Development mode does not count those from this machine.',
      1,
    ),
    newConnections: whole(
      defaultLimits.newConnections,
      'New connections a second, all together; further ones are told to come back (503). Development mode does not count those from this machine.',
      1,
    ),
    headerBytes: whole(
      defaultLimits.headerBytes,
      'Largest head of a request (request line and headers), in bytes.',
      1024,
    ),
    headerTime: whole(
      defaultLimits.headerTime,
      'How long the head of a request may take to arrive, in milliseconds.',
      1,
    ),
    requestTime: whole(
      defaultLimits.requestTime,
      'How long a whole request may take to arrive, in milliseconds.',
      1,
    ),
    bodyBytes: whole(defaultLimits.bodyBytes, 'Largest body of a request, in bytes.', 1),
    pipelinedRequests: whole(
      defaultLimits.pipelinedRequests,
      'HTTP requests that may wait on one connection for the reply before theirs.',
      1,
    ),
    waitingRequests: whole(
      256,
      'Requests of one connection that may wait for those before them (`comms`, `messenger`).',
      1,
    ),
    idempotencyKey: whole(200, 'How long an `Idempotency-Key` may be, in characters.', 1),
    storeQueue: whole(
      defaultStoreSettings.longestQueue,
      'Calls to the store that may wait; further ones are refused until it has caught up.',
      1,
    ),
    jsonDepth: whole(
      defaultLimits.jsonDepth,
      'How deep the JSON of a message or a request may be nested.',
      1,
      1000,
    ),
  },
  { description: 'What one client may ask of the gateway, so that it harms no other.' },
)
