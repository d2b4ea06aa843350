/** Who asks, and where; or what is lacking, without which nothing can be asked. Pure. */
import { type Check, ok } from "./check.ts";

const area = "Caller";

export interface KnownCaller {
  readonly accountId: string;
  readonly arn: string | null;
  readonly region: string;
  /** When the credentials end; null: not by themselves. */
  readonly expiration: Date | null;
}

/** Credentials and region of a caller whom STS knows. */
export function callerChecks({ accountId, arn, region, expiration }: KnownCaller): readonly Check[] {
  const whose = arn ?? `account ${accountId}`;
  const until = expiration === null ? "" : `, until ${expiration.toISOString()}`;
  const todo = whose.endsWith(":root") ? "use a role: the root user's keys are a violation of their own" : null;
  return [ok(area, "credentials", `of ${whose}${until}`, todo), ok(area, "region", region)];
}

/** What is lacking, by the words of the error that told it, and what is not known for that reason.
 * @param lacking STS's `answer` is about the credentials */
export function lackingChecks(
  lacking: "credentials" | "region" | "answer",
  message: string,
  region: string | null,
): readonly Check[] {
  const [found = message, ...todo] = message.split(": ");
  const problem = {
    area,
    status: "PROBLEM",
    found,
    todo: todo.join(": ") || null,
    hinders: "scan",
    rules: [],
  } as const;
  const credentials: Check =
    lacking === "region"
      ? {
          ...problem,
          name: "credentials",
          status: "NOT_KNOWN",
          found: "found, but whose they are needs a region",
          todo: null,
        }
      : { ...problem, name: "credentials" };
  const inForce: readonly Check[] = region === null ? [] : [ok(area, "region", region)];
  return [credentials, ...(lacking === "region" ? [{ ...problem, name: "region" }] : inForce), ...unaskedChecks];
}

const unaskedChecks: readonly Check[] = (["Calls of the rules", "AWS Config"] as const).map((unasked) => ({
  area: unasked,
  name: unasked === "AWS Config" ? "recorder" : "all calls",
  status: "NOT_KNOWN",
  found: "not asked without a caller",
  todo: null,
  hinders: null,
  rules: [],
}));
