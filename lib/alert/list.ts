/** One message for many alerts: the worst first, grouped by cause, and never longer than SNS takes. Pure. */

import { severities } from "../rule.ts";
import type { Alert, AlertKind } from "./alert.ts";
import { consoleLink, type Message, more, ruleNameOf, scanCommand, stateOf } from "./message.ts";
import { counted, cut, inWords, labelled, labelWidth, wrap } from "./text.ts";

/** SNS's limit in bytes; the text is ASCII, so that characters count the same. */
const textLimit = 262_144;

/** Names that one group lists: more are a number. */
const mostNames = 20;

interface Group {
  readonly alerts: readonly [Alert, ...Alert[]];
  /** What happened, alike for all of them. */
  readonly cause: string | null;
}

/** @param alerts at least two */
export function listOf(alerts: readonly Alert[]): Message {
  const places = new Set(alerts.map(placeOf));
  const [place] = places.size === 1 ? places : [];
  const counts = countsOf(alerts);
  const groups = groupsOf(alerts);
  const header = wrap(`${counts} (${place ?? counted(places.size, "place")}, ${period(alerts)}).`);
  const tail = moreOf(alerts);
  const blocks = groups.map((group) => blockOf(group, place === undefined));

  // Room for the header, the tail and the line that counts what is left out.
  let room = textLimit - header.length - tail.length - 100;
  const shown = blocks.filter((block) => {
    // Once one is left out all milder ones are, so that the order can be trusted.
    room = block.length + 2 <= room ? room - block.length - 2 : 0;
    return room > 0;
  });
  const left = groups.slice(shown.length).reduce((sum, group) => sum + group.alerts.length, 0);
  const rest = left === 0 ? [] : [`and ${left} more`];
  return {
    subject: cut(`DynamoDB: ${counts} (${place ?? counted(places.size, "place")})`, 99),
    text: `${[header, ...shown, ...rest, ...(tail === "" ? [] : [tail])].join("\n\n")}\n`,
  };
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

function countsOf(alerts: readonly Alert[]): string {
  return kinds
    .map(([kind, one, several]) => {
      const count = alerts.filter((alert) => alert.kind === kind).length;
      return count === 0 ? "" : `${count} ${count === 1 ? one : several}`;
    })
    .filter((words) => words !== "")
    .join(", ");
}

function groupsOf(alerts: readonly Alert[]): readonly Group[] {
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
  if (annotation === null || (kind !== "broken" && kind !== "notVerified")) return null;
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

function blockOf({ alerts, cause }: Group, showPlace: boolean): string {
  const [first] = alerts;
  const wrong = first.kind === "broken" || first.kind === "notVerified";
  const state = first.kind === "broken" ? (first.severity ?? stateOf(first)) : stateOf(first);
  const kind = wrong ? "" : `: ${kinds.find(([other]) => other === first.kind)?.[1]}`;
  const title = `${resources(alerts)}, ${ruleNameOf(first)}${showPlace ? ` (${placeOf(first)})` : ""}${kind}`;
  return [
    wrap(title, `${state}  `, " ".repeat(labelWidth)),
    ...(cause !== null && wrong ? [labelled("What", cause)] : []),
    ...(first.why !== null && wrong ? [labelled("Why", first.why)] : []),
  ].join("\n");
}

function resources(alerts: readonly Alert[]): string {
  const nouns = Map.groupBy(alerts, ({ noun }) => noun);
  return [...nouns].map(([noun, ofNoun]) => `${noun} ${names(ofNoun.map(({ name }) => name))}`).join("; ");
}

function names(all: readonly string[]): string {
  const distinct = [...new Set(all)];
  const shown = distinct.slice(0, mostNames);
  const left = distinct.length - shown.length;
  return left === 0 ? shown.join(", ") : `${shown.join(", ")} and ${left} more`;
}

function placeOf({ accountId, region }: Alert): string {
  return `${accountId} ${region}`;
}

function period(alerts: readonly Alert[]): string {
  const times = alerts.map(({ time }) => time.getTime());
  const [from = "", to = ""] = [Math.min(...times), Math.max(...times)].map((time) => inWords(new Date(time)));
  if (from === to) return from;
  const day = / UTC on .*$/;
  return day.exec(from)?.[0] === day.exec(to)?.[0] ? `${from.replace(day, "")} to ${to}` : `${from} to ${to}`;
}

function moreOf(alerts: readonly Alert[]): string {
  const wrong = alerts.filter(({ kind }) => kind === "broken" || kind === "notVerified");
  const broken = new Set(wrong.flatMap(({ rule }) => (rule === null ? [] : [rule.name])));
  const commands = broken.size === 0 ? [] : [scanCommand([...broken].sort())];
  const oneRule = new Set(alerts.map(({ configRuleName }) => configRuleName)).size === 1;
  const links = new Set(alerts.flatMap((alert) => consoleLink(alert, oneRule ? alert.configRuleName : null)));
  return more([...commands, ...(links.size === 1 ? links : [])]).join("\n");
}
