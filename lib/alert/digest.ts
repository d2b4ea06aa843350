/** The digest: all that AWS Config holds against the rules of a stack, in one message. Pure. */
import { type Alert, alertOf, isWrong } from "./alert.ts";
import { blockOf, countsOf, type Group, groupsOf, names, textOf } from "./groups.ts";
import { type Doubts, doubtsOf, type HeldRule } from "./held.ts";
import { consoleLink, type Message, more } from "./message.ts";
import { counted, cut, inWords, labelled, labelWidth, plain, wrap } from "./text.ts";

export interface DigestFacts extends Pick<Alert, "accountId" | "region" | "partition"> {
  readonly time: Date;
  readonly refreshDays: number;
  /** Those that are deployed in the stack. */
  readonly rules: readonly HeldRule[];
  readonly changes: Changes;
}

/** The compliance changes that no digest told yet. */
export interface Changes {
  /** Of rules whose results were read whole. */
  readonly alerts: readonly Alert[];
  /** Those that could not be understood. */
  readonly malformed: number;
  /** Why there may be more; null: they are all. */
  readonly unread: string | null;
}

/** Far less than SNS takes: a mail that somebody reads to its end. */
export const digestLimit = 40_000;

export function digestOf(facts: DigestFacts): Message {
  const { accountId, region, time, rules, changes } = facts;
  const doubts = rules.map((rule) => ({
    ...doubtsOf(rule, time, facts.refreshDays),
    name: plain(rule.configRuleName),
  }));
  const held = rules.flatMap((rule) => alertsOf(rule, facts));
  const open = held.filter(isWrong);
  const news = newsOf(open, changes.alerts);
  const ended = settled(held, open, changes.alerts);
  const groups = groupsOf([...open, ...ended]).map(
    (group) => [group, blockOf(group, false, newIn(group, news, open))] as const,
  );

  const place = `${accountId} ${region}`;
  const unknown = doubts.filter(({ doubts: sentences }) => sentences.length > 0);
  const wrong = [
    ...(unknown.length === 0 ? [] : [`${counted(unknown.length, "rule")} not known`]),
    countsOf(open) || "no violation known",
    ...(news.size === 0 ? [] : [`${news.size} new`]),
  ].join(", ");
  const compliant = counted(
    doubts.reduce((sum, rule) => sum + rule.compliant, 0),
    "compliant result",
  );
  const others = [countsOf(ended), compliant].filter((words) => words !== "").join(", ");
  const header = `What AWS Config holds of ${counted(rules.length, "rule")} (${place}, ${inWords(time)}): ${wrong}; ${others}.`;
  return {
    subject: cut(`DynamoDB digest: ${wrong} (${place})`, 99),
    text: textOf(
      [wrap(header), ...unknown.map(unknownRule), ...emptyRules(doubts), ...unknownChanges(changes)],
      groups,
      [meaning, more(["dynamodb-compliance scan", ...consoleLink(facts, null)]).join("\n")],
      digestLimit,
    ),
  };
}

/** What is wrong, and what is exempt as far as AWS Config still holds it. */
function alertsOf({ configRuleName, results }: HeldRule, { accountId, region, partition }: DigestFacts): Alert[] {
  return results
    .filter(({ complianceType }) => complianceType !== "COMPLIANT")
    .map(({ resourceType, resourceId, complianceType, annotation, orderedAt }) =>
      alertOf({
        accountId,
        region,
        partition,
        configRuleName,
        resourceType,
        resourceId,
        complianceType,
        annotation,
        before: null,
        ordering: orderedAt.toISOString(),
      }),
    )
    .filter((alert) => isWrong(alert) || alert.kind === "exempt");
}

/** The slots of what is open and of which AWS Config told since the last digest that it became so. */
function newsOf(open: readonly Alert[], changes: readonly Alert[]): ReadonlySet<string> {
  const changed = new Set(changes.filter(isWrong).map(({ slot }) => slot));
  return new Set(open.map(({ slot }) => slot).filter((slot) => changed.has(slot)));
}

/** What is no longer wrong: exempt by what is held, or by the latest change of it. */
function settled(held: readonly Alert[], open: readonly Alert[], changes: readonly Alert[]): readonly Alert[] {
  const latest = new Map(
    changes.toSorted((one, other) => one.time.getTime() - other.time.getTime()).map((change) => [change.slot, change]),
  );
  for (const exempt of held.filter(({ kind }) => kind === "exempt")) latest.set(exempt.slot, exempt);
  for (const { slot } of open) latest.delete(slot);
  return [...latest.values()].filter((alert) => !isWrong(alert));
}

/** Where all is new, as in a first digest, the head says so. */
function newIn({ alerts }: Group, news: ReadonlySet<string>, open: readonly Alert[]): readonly string[] {
  const newOnes = alerts.filter(({ slot }) => news.has(slot));
  if (newOnes.length === 0 || news.size === open.length) return [];
  if (newOnes.length < alerts.length) return [labelled("New", names(newOnes.map(({ name }) => name)))];
  return [labelled("New", alerts.length === 1 ? "since the last digest" : "all of them")];
}

function unknownRule({ name, doubts }: Doubts & { readonly name: string }): string {
  return [wrap(name, "NOT KNOWN  ", " ".repeat(labelWidth)), ...doubts.map((doubt) => labelled("What", doubt))].join(
    "\n",
  );
}

function emptyRules(doubts: readonly (Doubts & { readonly name: string })[]): readonly string[] {
  const empty = doubts.filter(({ isEmpty }) => isEmpty).map(({ name }) => name);
  if (empty.length === 0) return [];
  return [
    [
      wrap(empty.join(", "), "NO RESULT  ", " ".repeat(labelWidth)),
      labelled("What", "There is nothing to judge, or no run got through, which the alarms tell. It is no compliance."),
    ].join("\n"),
  ];
}

function unknownChanges({ malformed, unread }: Changes): readonly string[] {
  const sentences = [
    ...(unread === null ? [] : [`Not all changes could be read, more may be new: ${plain(unread)}`]),
    ...(malformed === 0
      ? []
      : [`${counted(malformed, "change")} could not be understood; what is new may lack as many.`]),
  ];
  return sentences.map((sentence) => wrap(sentence));
}

const meaning = wrap(
  "New is what AWS Config told of since the last digest, fourteen days back at most: a change to NON_COMPLIANT, not another reason for an old violation. Exempt resources are listed as far as AWS Config still holds them, which is not for long, or told of them since the last digest; a scan lists all.",
);
