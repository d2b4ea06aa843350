/** What is wrong with the keys of a user, or of the root user, and how it is mended. Pure. */
import type { AccessKey, RootKeys, StaticKeys, UserKeys } from "../account/static-key-facts.ts";
import type { Fault } from "../fault.ts";
import type { Witness } from "../iam/witness.ts";
import { labelOf } from "../permissions/holding.ts";
import { requestOf } from "../permissions/wording.ts";
import type { ReasonKind } from "../rule.ts";
import type { StaticKeyDemands } from "./demands.ts";
import { giveUp, giveUpRootKeys } from "./steps.ts";
import { isActive, isOpen, latestUse, lookbackStart, provenUse, useByService } from "./use.ts";
import { keysInWords, madeInWords, reportInWords, useInWords } from "./wording.ts";

/** Worst first. */
export const staticKeyReasons = {
  rootKey: {
    severity: "CRITICAL",
    says: "the root user must have none",
    why: "Whoever has the root user's key may do anything to the account, and no policy holds him back.",
  },
  called: {
    severity: "HIGH",
    says: "a role must make its calls",
    why: "The key works from anywhere until somebody deactivates it; a role's credentials end by themselves.",
  },
  capable: {
    severity: "LOW",
    says: "no key should be able to",
    why: "Whoever finds the key can do it from anywhere, whether or not its owner ever did.",
  },
} as const satisfies Record<string, ReasonKind>;

/** Some keys of a user, and what is told of them. */
interface Told {
  readonly keys: readonly AccessKey[];
  readonly found: string;
  /** What a person must find out, which the facts do not tell; null: nothing. */
  readonly open: string | null;
}

/** The faults of a user's keys, worst first.
 * @param reach the request by which the user's policies reach DynamoDB; null: none is known, or it does not matter */
export function userFaults(
  facts: UserKeys,
  demands: StaticKeyDemands,
  reach: Witness | null,
): readonly Fault<StaticKeys>[] {
  const since = lookbackStart(facts.user.now, demands);
  const active = facts.keys.filter(isActive);
  const called = [...active.flatMap((key) => calledByKey(key, facts, since)), ...calledByUser(facts, since)];
  const others = active.filter((key) => !called.some(({ keys }) => keys.includes(key)));
  const capable = reach === null ? [] : others.map((key) => ableTo(reach, key));
  return [
    ...called.map((told) => keyFault("called", facts, told)),
    ...capable.map((told) => keyFault("capable", facts, told)),
  ];
}

function ableTo(request: Witness, key: AccessKey): Told {
  const found = `${keysInWords([key], "and")}${madeInWords(key)}, can ${requestOf(request)}`;
  return { keys: [key], found, open: unnamed([key]) };
}

function calledByKey(key: AccessKey, facts: UserKeys, since: Date): readonly Told[] {
  const use = provenUse(key, since);
  if (use === null) return [];
  const by = use.by === "credentialReport" ? `, ${reportInWords(facts)}` : "";
  const found = `${keysInWords([key], "and")} called ${useInWords(use.service, use.date, use.region)}${by}`;
  return [{ keys: [key], found, open: unnamed([key]) }];
}

function calledByUser(facts: UserKeys, since: Date): readonly Told[] {
  const told = useByService(facts, since);
  if (told === null || told.by === null) return [];
  const { service, date, region, by } = told;
  const when = useInWords(service, date, region);
  const found = `${keysInWords(by, "or")} called ${when}, allowed or refused (service last accessed)`;
  const others = facts.keys.filter((key) => !by.includes(key));
  // The call stays on record when these keys are gone, and may then be another's.
  const open = isOpen(others, since) ? "Whether the user's other keys called DynamoDB too." : null;
  return [{ keys: by, found, open: open ?? unnamed(by) }];
}

function unnamed(keys: readonly AccessKey[]): string | null {
  return keys.some(({ ending }) => ending === null) ? "Which of the user's keys it is." : null;
}

const mayBreak = "Whatever still uses the key is refused once it is inactive; a deleted key cannot be had back";

function keyFault(code: "called" | "capable", { user }: UserKeys, { keys, found, open }: Told): Fault<StaticKeys> {
  return {
    reason: { code, found: `${labelOf(user)}: ${found}`, wanted: staticKeyReasons[code].says, source: null },
    summary: "Give the caller an IAM role, then deactivate the key",
    steps: keys.flatMap((key) => giveUp(user.name, key)),
    mayBreak,
    remedy: open !== null ? { choice: open } : { repair: (facts) => without(facts, keys) },
  };
}

function without(facts: StaticKeys, keys: readonly AccessKey[]): StaticKeys {
  return facts.kind === "root" ? facts : { ...facts, keys: facts.keys.filter((key) => !keys.includes(key)) };
}

/** The faults of the root user's keys. */
export function rootFaults(facts: RootKeys): readonly Fault<StaticKeys>[] {
  const active = "value" in facts.keys ? facts.keys.value.filter(isActive) : [];
  return active.map((key) => {
    const use = latestUse(key);
    const lastUse = use ? `, last used for ${useInWords(use.service, use.date, use.region)}` : "";
    const found = `root user: active access key${madeInWords(key)}${lastUse}, ${reportInWords(facts)}`;
    return {
      reason: { code: "rootKey", found, wanted: staticKeyReasons.rootKey.says, source: null },
      summary: "Deactivate, then delete it as the root user",
      steps: giveUpRootKeys,
      mayBreak,
      remedy: { repair: withoutRootKeys },
    };
  });
}

function withoutRootKeys(facts: StaticKeys): StaticKeys {
  return facts.kind === "user" ? facts : { ...facts, keys: { value: [] } };
}
