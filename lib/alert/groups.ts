/** Alerts grouped by cause, the worst first, as paragraphs of a message of limited length. Pure. */
import { severities } from "../rule.ts";
import { type Alert, type AlertKind, isWrong } from "./alert.ts";
import { ruleNameOf, stateOf } from "./message.ts";
import { labelled, labelWidth, wrap } from "./text.ts";

/** SNS's limit in bytes; the text is ASCII, so that characters count the same. */
export const textLimit = 262_144;

/** Names that one group lists: more are a number. */
const mostNames = 20;

export interface Group {
  readonly alerts: readonly [Alert, ...Alert[]];
  /** What happened, alike for all of them. */
  readonly cause: string | null;
}

/** The kinds, the pressing ones first, in words for one and for several. */
const kinds: readonly (readonly [AlertKind, one: string, several: string])[] = [
  ["broken", "violation", "violations"],
  ["notVerified", "not verified", "not verified"],
  ["compliant", "compliant again", "compliant again"],
  ["deleted", "deleted", "deleted"],
  ["exempt", "exempt", "exempt"],
  ["notJudged", "no longer judged", "no longer judged"],
];

export function countsOf(alerts: readonly Alert[]): string {
  return kinds
    .map(([kind, one, several]) => {
      const count = alerts.filter((alert) => alert.kind === kind).length;
      return count === 0 ? "" : `${count} ${count === 1 ? one : several}`;
    })
    .filter((words) => words !== "")
    .join(", ");
}

/** The worst first; of what is equally bad, what is most frequent. */
export function groupsOf(alerts: readonly Alert[]): readonly Group[] {
  const byCause = new Map<string, [Alert, ...Alert[]]>();
  for (const alert of alerts) {
    const key = JSON.stringify([alert.kind, ruleNameOf(alert), placeOf(alert), causeOf(alert)]);
    const group = byCause.get(key);
    if (group === undefined) byCause.set(key, [alert]);
    else group.push(alert);
  }
  return [...byCause.values()]
    .map((group): Group => ({ alerts: group, cause: group.length === 1 ? group[0].annotation : causeOf(group[0]) }))
    .sort((one, other) => rank(other.alerts[0]) - rank(one.alerts[0]) || other.alerts.length - one.alerts.length);
}

/** The annotation without the resource's own name: what stays the same where one cause makes many. */
function causeOf({ annotation, kind, noun, name, resourceId }: Alert): string | null {
  // Why something complies now, or is gone, differs from one to the next and matters less than that it does.
  if (annotation === null || !tellsCause({ kind })) return null;
  const named = [`${noun}/${name}: `, `${name}: `].find((start) => annotation.startsWith(start)) ?? "";
  return [name, resourceId].reduce(withoutName, annotation.slice(named.length));
}

function withoutName(text: string, name: string): string {
  const literally = name.replace(/[^\w]/g, "\\$&");
  return text.split(new RegExp(`(?<![\\w.-])${literally}(?![\\w-])`)).join("<name>");
}

/** The worst is the highest. What is not verified stands below HIGH; a violation of unknown reason counts as MEDIUM. */
function rank({ kind, severity }: Alert): number {
  if (kind === "notVerified") return severities.indexOf("MEDIUM") + 0.5;
  if (kind === "broken") return severities.indexOf(severity ?? "MEDIUM");
  return -kinds.findIndex(([other]) => other === kind);
}

/** @param more paragraphs with a label, below the cause */
export function blockOf({ alerts, cause }: Group, showPlace: boolean, more: readonly string[] = []): string {
  const [first] = alerts;
  const wrong = isWrong(first);
  const state = first.kind === "broken" ? (first.severity ?? stateOf(first)) : stateOf(first);
  const kind = wrong ? "" : `: ${kinds.find(([other]) => other === first.kind)?.[1]}`;
  const title = `${resources(alerts)}, ${ruleNameOf(first)}${showPlace ? ` (${placeOf(first)})` : ""}${kind}`;
  return [
    wrap(title, `${state}  `, " ".repeat(labelWidth)),
    ...(cause !== null && tellsCause(first) ? [labelled("What", cause)] : []),
    ...(first.why !== null && wrong ? [labelled("Why", first.why)] : []),
    ...more,
  ].join("\n");
}

/** Whose reason matters to the reader: what is wrong, and what somebody exempted. */
function tellsCause({ kind }: Pick<Alert, "kind">): boolean {
  return kind === "exempt" || isWrong({ kind });
}

/** The message's text: as many groups between its beginning and its end as the limit leaves room for, and how many alerts
 * are left out.
 * @param groups each with its paragraph */
export function textOf(
  beginning: readonly string[],
  groups: readonly (readonly [Group, paragraph: string])[],
  end: readonly string[],
  limit: number,
): string {
  // Room for the line that counts what is left out, too.
  let room = limit - [...beginning, ...end].join("\n\n").length - 100;
  const shown = groups.filter(([, paragraph]) => {
    // Once one is left out all milder ones are, so that the order can be trusted.
    room = paragraph.length + 2 <= room ? room - paragraph.length - 2 : 0;
    return room > 0;
  });
  const left = groups.slice(shown.length).reduce((sum, [{ alerts }]) => sum + alerts.length, 0);
  const rest = left === 0 ? [] : [`and ${left} more`];
  return `${[...beginning, ...shown.map(([, paragraph]) => paragraph), ...rest, ...end].join("\n\n")}\n`;
}

function resources(alerts: readonly Alert[]): string {
  const nouns = Map.groupBy(alerts, ({ noun }) => noun);
  return [...nouns].map(([noun, ofNoun]) => `${noun} ${names(ofNoun.map(({ name }) => name))}`).join("; ");
}

export function names(all: readonly string[]): string {
  const distinct = [...new Set(all)];
  const shown = distinct.slice(0, mostNames);
  const left = distinct.length - shown.length;
  return left === 0 ? shown.join(", ") : `${shown.join(", ")} and ${left} more`;
}

export function placeOf({ accountId, region }: Alert): string {
  return `${accountId} ${region}`;
}
