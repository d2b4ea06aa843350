/** A rule as a Lambda handler: the one place that joins AWS Config's protocol, a session on the account, and a rule. */
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { ConfigServiceClient } from "@aws-sdk/client-config-service";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import middy, { type MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";
import { openSession, type Session, type SessionOptions } from "./account/session.ts";
import { closeStale } from "./aws-config/close-stale.ts";
import { exempted } from "./aws-config/exempted.ts";
import { failWithheld } from "./aws-config/fail-withheld.ts";
import { EventError, invokingEvent } from "./aws-config/invoking-event.ts";
import { notVerified } from "./aws-config/not-verified.ts";
import { onlyChanged } from "./aws-config/only-changed.ts";
import { ruleParameters } from "./aws-config/rule-parameters.ts";
import type { Found, Run } from "./aws-config/run.ts";
import { lookOf } from "./aws-config/scope.ts";
import { sendEvaluations } from "./aws-config/send-evaluations.ts";
import { judge } from "./judge.ts";
import type { CommonParameters, Rule } from "./rule.ts";

export type ConfigRuleHandler = (event: unknown, context: Context) => Promise<void>;

/** What a run of this function may be told by its environment. */
interface Settings {
  readonly refreshDays: number;
  /** The role to assume in another account that an event names; null: only the function's own account is judged. */
  readonly memberRoleName: string | null;
}

/** The handler of an AWS Config custom rule. It throws where a run was not whole: AWS Config itself sees no exception. */
export function configRule<F, P>(rule: Rule<F, P>): ConfigRuleHandler {
  const settings = settingsFrom(process.env);
  const logger = new Logger();
  const metrics = new Metrics({ singleMetric: false });
  const sessions = new WeakMap<Run, Sessions>();

  const handler = middy<Run, unknown>()
    .use(summary(rule, logger, metrics, sessions))
    .use(invokingEvent())
    .use(ruleParameters(rule))
    .use(openSessions(settings, sessions))
    .use(failWithheld())
    .use(sendEvaluations())
    .use(onlyChanged(settings.refreshDays))
    .use(notVerified())
    .use(exempted())
    .use(closeStale())
    .handler((run) => found(rule, run, sessions));

  return async (event, context) => {
    await handler(event as Run, context);
  };
}

interface Sessions {
  /** Reads of the account, up to a while before the function's time is up. */
  readonly reading: Session;
  /** AWS Config, up to the end: what was found is still sent. */
  readonly reporting: Session;
}

async function* found<F, P>(rule: Rule<F, P>, run: Run, sessions: WeakMap<Run, Sessions>): AsyncGenerator<Found> {
  const session = sessions.get(run)?.reading;
  if (session === undefined) throw new Error("no session was opened");
  const { scope, settled } = lookOf(rule, run);
  yield* settled;
  // The parameters were made by this rule's own schema.
  yield* judge(rule, session, scope, run.parameters as P & CommonParameters);
}

/** Time kept back from the reads for sending what was found: a tenth of the run, 20 seconds at most. */
const reserve = (milliseconds: number): number => Math.min(20_000, Math.floor(milliseconds / 10));

/** Lambda's longest run: no session needs credentials for more. */
const longestRunSeconds = 900;

function openSessions(settings: Settings, sessions: WeakMap<Run, Sessions>): MiddlewareObj<Run> {
  return {
    name: "openSessions",
    async before({ event: run, context }) {
      const { invocation } = run;
      const [, partition, , functionRegion = "", functionAccount] = context.invokedFunctionArn.split(":");
      const region = invocation.region ?? functionRegion;
      const options: SessionOptions = { accountId: invocation.accountId, region, now: run.now };
      let credentials: Pick<SessionOptions, "credentials"> = {};
      if (invocation.accountId !== functionAccount) {
        // The event's executionRoleArn is the recorder's role, which nobody else may assume: the name is our own.
        if (settings.memberRoleName === null) {
          throw new EventError(
            `accountId is ${invocation.accountId}, but this function judges account ${functionAccount} only; set MEMBER_ROLE_NAME to the role to assume there`,
          );
        }
        const RoleArn = `arn:${partition}:iam::${invocation.accountId}:role/${settings.memberRoleName}`;
        const params = { RoleArn, RoleSessionName: "dynamodb-compliance", DurationSeconds: longestRunSeconds };
        credentials = { credentials: fromTemporaryCredentials({ params, clientConfig: { region } }) };
      }
      const remaining = context.getRemainingTimeInMillis();
      const reading = openSession({
        ...options,
        ...credentials,
        signal: AbortSignal.timeout(Math.max(0, remaining - reserve(remaining))),
      });
      const reporting = openSession({ ...options, ...credentials });
      sessions.set(run, { reading, reporting });
      run.config = reporting.client(ConfigServiceClient);
    },
  };
}

function summary(rule: Rule, logger: Logger, metrics: Metrics, sessions: WeakMap<Run, Sessions>): MiddlewareObj<Run> {
  let startedAt = 0;
  const say = (run: Run, error: Error | null): void => {
    // An event that could not be parsed is still the raw one.
    const parsed = typeof run === "object" && run !== null && "tally" in run;
    const { invocation, tally } = parsed ? run : { invocation: null, tally: null };
    const opened = sessions.get(run);
    const calls = [...(opened?.reading.calls ?? []), ...(opened?.reporting.calls ?? [])];
    const line = {
      rule: rule.name,
      configRuleName: invocation?.configRuleName,
      accountId: invocation?.accountId,
      trigger: invocation?.trigger.kind,
      ...(tally === null ? {} : { ...tally, withheld: tally.withheld.length, refused: tally.refused.length }),
      apiCalls: Object.fromEntries(calls),
      durationMs: Math.round(performance.now() - startedAt),
    };
    if (error === null) logger.info("run", line);
    else logger.error("run failed", { ...line, error });
    metrics.addDimension("rule", rule.name);
    metrics.addMetric("NotVerified", MetricUnit.Count, tally?.notVerified ?? 0);
    metrics.addMetric("Withheld", MetricUnit.Count, tally?.withheld.length ?? 0);
    metrics.addMetric(
      "ApiCalls",
      MetricUnit.Count,
      calls.reduce((sum, [, count]) => sum + count, 0),
    );
    metrics.publishStoredMetrics();
  };
  return {
    name: "summary",
    before({ context }) {
      startedAt = performance.now();
      logger.addContext(context);
    },
    after: ({ event }) => say(event, null),
    onError: ({ event, error }) => say(event, error ?? null),
  };
}

/** @throws Error naming the variable that is not accepted */
function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const days = environment["REFRESH_DAYS"] ?? "7";
  if (!/^\d{1,4}$/.test(days))
    throw new Error(`REFRESH_DAYS is \`${days}\`; use a whole number of days, 0 to send everything every time`);
  return { refreshDays: Number(days), memberRoleName: environment["MEMBER_ROLE_NAME"] || null };
}
