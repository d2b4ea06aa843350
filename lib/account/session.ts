/**
 * One invocation's view of an account: who, where, when, and the clients. A single SDK middleware, at the initialize
 * step, counts the calls, watches the deadline, and keeps or replays answers, so that readers know nothing of it.
 */
import type { AwsCredentialIdentityProvider, InitializeMiddleware, MiddlewareStack } from "@smithy/types";
import type { Answers } from "./answers.ts";
import { keepKeyIds } from "./key-ids.ts";
import { redacted } from "./redact.ts";

export interface ClientConfiguration {
  readonly region: string;
  readonly maxAttempts: number;
  readonly retryMode: string;
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
  readonly credentials?: AwsCredentialIdentityProvider;
}

/** What every client of the AWS SDK has. */
interface AnyClient {
  // biome-ignore lint/suspicious/noExplicitAny: each client's stack is of its own input and output types.
  readonly middlewareStack: MiddlewareStack<any, any>;
}

export interface Session {
  readonly accountId: string;
  readonly region: string;
  /** The only clock. */
  readonly now: Date;
  /** Aborts when the run's time is up: calls not yet made then fail as passing. */
  readonly signal: AbortSignal;
  /** Why the run ends before it is whole, in words; null: it goes on. */
  endedBecause(): string | null;
  /** Reads in flight at once. */
  readonly concurrency: number;
  /** How often each call was made, by IAM action (`dynamodb:DescribeTable`); SDK retries not counted. */
  readonly calls: ReadonlyMap<string, number>;
  /** The session's client of a service; the same one for the same region. */
  client<C extends AnyClient>(Client: new (configuration: ClientConfiguration) => C, region?: string): C;
}

export interface SessionOptions {
  readonly accountId: string;
  readonly region: string;
  readonly now: Date;
  readonly signal?: AbortSignal;
  readonly concurrency?: number;
  readonly credentials?: AwsCredentialIdentityProvider;
  /** Where answers are kept, and looked up before a call is made; a Lambda run keeps nothing. */
  readonly answers?: Answers;
  /** Called before each call, for progress. */
  readonly onCall?: (call: string) => void;
}

/** A session; opens no connection yet. */
export function openSession(options: SessionOptions): Session {
  const { accountId, region, now, credentials, answers, onCall } = options;
  const signal = options.signal ?? new AbortController().signal;
  const calls = new Map<string, number>();
  const clients = new Map<unknown, Map<string, AnyClient>>();
  const keyIds = keepKeyIds();

  const watched =
    (clientRegion: string): InitializeMiddleware<object, object> =>
    (next, context) =>
    async (args) => {
      const call = iamAction(context["clientName"], context["commandName"]);
      const ask = (): ReturnType<typeof next> => {
        if (signal.aborted) return Promise.reject(deadlineExceeded(signal));
        calls.set(call, (calls.get(call) ?? 0) + 1);
        onCall?.(call);
        const asked = next({ ...args, input: keyIds.restored(call, args.input) });
        return untilAborted(signal, redacted(call, keyIds.struck(call, asked)));
      };
      if (answers === undefined) return ask();
      const output = await answers.answer(
        { call, region: clientRegion, input: args.input },
        async () => (await ask()).output,
      );
      return { output, response: undefined };
    };

  return {
    accountId,
    region,
    now,
    signal,
    endedBecause: () => (signal.aborted ? endOf(signal) : null),
    concurrency: options.concurrency ?? 16,
    calls,
    client<C extends AnyClient>(Client: new (configuration: ClientConfiguration) => C, clientRegion = region): C {
      const byRegion = clients.get(Client) ?? new Map<string, AnyClient>();
      clients.set(Client, byRegion);
      let client = byRegion.get(clientRegion) as C | undefined;
      if (client === undefined) {
        client = new Client({
          region: clientRegion,
          maxAttempts: 5,
          retryMode: "adaptive",
          requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
          ...(credentials === undefined ? {} : { credentials }),
        });
        client.middlewareStack.add(watched(clientRegion), { step: "initialize", name: "session" });
        byRegion.set(clientRegion, client);
      }
      return client;
    },
  };
}

/** IAM's service prefix by the SDK's client; a client that is not here has no reader yet. */
const servicePrefixes: Readonly<Record<string, string>> = {
  BackupClient: "backup",
  ConfigServiceClient: "config",
  DynamoDBClient: "dynamodb",
  EC2Client: "ec2",
  IAMClient: "iam",
  KMSClient: "kms",
  ResourceGroupsTaggingAPIClient: "tag",
  SNSClient: "sns",
  SQSClient: "sqs",
  STSClient: "sts",
};

function iamAction(clientName: unknown, commandName: unknown): string {
  const prefix = servicePrefixes[String(clientName)];
  if (prefix === undefined) throw new Error(`${clientName} has no IAM service prefix in lib/account/session.ts`);
  return `${prefix}:${String(commandName).replace(/Command$/, "")}`;
}

function deadlineExceeded(signal: AbortSignal): Error {
  return Object.assign(new Error(endOf(signal)), { name: "DeadlineExceeded" });
}

function endOf(signal: AbortSignal): string {
  const isTimeOut = (signal.reason as Error | undefined)?.name === "TimeoutError";
  return isTimeOut ? "the run's time is up" : "the run was stopped";
}

async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(deadlineExceeded(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
