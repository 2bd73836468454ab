import { Command } from 'commander'
import { sentenceOf } from './sentence.ts'
import { version } from './version.ts'

/** The command `parlance`. Each subcommand loads its own code, so that `listen` does not wait for the gateway's. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync([...argv])
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exitCode = 1
  }
}

function program(): Command {
  const parlance = new Command('parlance')
    .description('One real-time gateway: clients of several WebSocket protocols meet in the same rooms.')
    .version(version)
    .addHelpText('after', examples)

  withConfig(parlance.command('serve'))
    .description('start the gateway')
    .option('--port <number>', 'where to listen; 0 picks a free port (default: 8080)')
    .option('--host <address>', 'the address to listen on (default: 127.0.0.1)')
    .addHelpText('after', serveExamples)
    .action(async (options) => (await import('./commands/serve.ts')).serve(options))

  withConfig(parlance.command('token'))
    .description('print a token that the gateway with this secret or data folder takes')
    .requiredOption('--sub <user>', 'the id of the user it is for')
    .option('--name <name>', 'what others see; the id where absent')
    .option('--admin', 'the user is an admin of the whole gateway')
    .option('--bot', 'the user is a program')
    .option('--ttl <time>', 'how long it is good: 90s, 30m, 1h, 7d', '1h')
    .addHelpText('after', tokenExamples)
    .action(async (options) => (await import('./commands/token.ts')).token(options))

  toGateway(parlance.command('listen <channel>'))
    .description('print what happens in a channel, one JSON text a line; Ctrl-C leaves')
    .option('--presence <json>', 'what others see of you: a JSON object')
    .option('--ack', 'acknowledge the events that ask for it')
    .option('--since <eventID>', 'begin with what came after this event')
    .option('--raw', 'print every frame exactly as it came, PING too')
    .addHelpText('after', listenExamples)
    .action(async (channel, options) => (await import('./commands/listen.ts')).listen(channel, options))

  toGateway(parlance.command('emit <channel> <json>'))
    .description('send JSON to all who listen to a channel, and print the reply')
    .option(
      '--clients <targets>',
      'only to these: a number of them chosen at random, or ids with commas between',
    )
    .option('--require-ack', 'wait until all of them have acknowledged it')
    .option('--idempotency-key <key>', 'repeating the command with this key within five minutes emits once')
    .addHelpText('after', emitExamples)
    .action(async (channel, json, options) =>
      (await import('./commands/emit.ts')).emit(channel, json, options),
    )

  parlance
    .command('conform <protocol> <url>')
    .description(
      'try a server with the scenarios of rooms, comms, channels, messenger or services, and report',
    )
    .option('--secret <secret>', 'the server takes tokens signed with it (default: PARLANCE_SECRET)')
    .option(
      '--services-secret <secret>',
      'what services prove themselves with (default: PARLANCE_SERVICES_SECRET)',
    )
    .option('--room <id>', 'a room, of a server without the REST API for rooms')
    .option('--participant <credential>', 'a participant of that room')
    .option('--strict', 'only what the protocol’s own document says')
    .option('--only <text>', 'only scenarios with this in their names')
    .option('--timeout <seconds>', 'how long to wait for what is to come at once', '5')
    .option('--patience <seconds>', 'how long to wait for what the server does by its own clock', '15')
    .option('--json', 'report as JSON')
    .addHelpText('after', conformExamples)
    .action(async (protocol, url, options) =>
      (await import('./commands/conform.ts')).conform(protocol, url, options),
    )

  withConfig(parlance.command('check-config'))
    .description('print the configuration that holds, or every mistake in it')
    .action(async (options) => (await import('./commands/check-config.ts')).checkConfig(options))

  return parlance
}

function withConfig(command: Command): Command {
  return command
    .option('--data <folder>', 'where everything is kept (default: ./data)')
    .option('--config <file>', 'a YAML file with more of the configuration')
    .option('--mode <mode>', 'development or production (default: development)')
}

function toGateway(command: Command): Command {
  return command
    .option('--url <url>', 'the gateway (default: PARLANCE_URL, else http://127.0.0.1:8080)')
    .option('--token <token>', 'who you are (default: PARLANCE_TOKEN, else nobody)')
}

const examples = `
Try it, in three terminals:
  parlance serve
  parlance listen lobby
  parlance emit lobby '{"content":"hello"}'

"parlance help <command>" has more examples. Every option of the configuration is also a variable, PARLANCE_<SECTION>_<KEY>,
and a key of the file given by --config: see "parlance check-config".`

const serveExamples = `
Examples:
  parlance serve                                    on http://127.0.0.1:8080, with its data in ./data
  parlance serve --port 0 --data /tmp/try           on a free port, which it prints
  PARLANCE_SECRET=… parlance serve --mode production --host 0.0.0.0 --config /etc/parlance.yaml

SIGTERM or Ctrl-C tells the clients and closes; a second one closes at once.`

const tokenExamples = `
Examples:
  parlance token --sub ada --name Ada
  parlance emit lobby '{"content":"hello"}' --token "$(parlance token --sub ada --ttl 5m)"

The secret is PARLANCE_SECRET, or in development mode the one in the data folder.`

const listenExamples = `
Examples:
  parlance listen lobby --presence '{"username":"Ada"}'
  parlance listen lobby --ack --url https://chat.example.com --token "$TOKEN"
  parlance listen lobby --since evt_gPVZZQC5       what was missed, then what happens`

const emitExamples = `
Examples:
  parlance emit lobby '{"content":"hello"}'        a message: clients of all protocols get it
  parlance emit lobby '{"x":1}' --clients 1        to one listener chosen at random
  parlance emit lobby '{"x":1}' --require-ack      waits for everyone, at most 5 seconds`

const conformExamples = `
Examples:
  parlance conform channels http://127.0.0.1:8080
  parlance conform comms http://127.0.0.1:8080 --secret "$(cat data/secret)"
  parlance conform services wss://bus.example.com --strict --patience 70

It makes rooms, users and cached entities of its own, with names that begin with what they are for. What cannot be tried with this
server is reported as "not applicable", with the reason. The exit code is 1 when a scenario has failed.`
