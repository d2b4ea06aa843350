/** One message for many alerts: the worst first, grouped by cause, and never longer than SNS takes. Pure. */
import { type Alert, isWrong } from "./alert.ts";
import { blockOf, countsOf, groupsOf, placeOf, textLimit, textOf } from "./groups.ts";
import { consoleLink, type Message, more, scanCommand } from "./message.ts";
import { counted, cut, inWords, wrap } from "./text.ts";

/** @param alerts at least two */
export function listOf(alerts: readonly Alert[]): Message {
  const places = new Set(alerts.map(placeOf));
  const [place] = places.size === 1 ? places : [];
  const counts = countsOf(alerts);
  const groups = groupsOf(alerts).map((group) => [group, blockOf(group, place === undefined)] as const);
  const header = wrap(`${counts} (${place ?? counted(places.size, "place")}, ${period(alerts)}).`);
  const tail = moreOf(alerts);
  return {
    subject: cut(`DynamoDB: ${counts} (${place ?? counted(places.size, "place")})`, 99),
    text: textOf([header], groups, tail === "" ? [] : [tail], textLimit),
  };
}

function period(alerts: readonly Alert[]): string {
  const times = alerts.map(({ time }) => time.getTime());
  const [from = "", to = ""] = [Math.min(...times), Math.max(...times)].map((time) => inWords(new Date(time)));
  if (from === to) return from;
  const day = / UTC on .*$/;
  return day.exec(from)?.[0] === day.exec(to)?.[0] ? `${from.replace(day, "")} to ${to}` : `${from} to ${to}`;
}

function moreOf(alerts: readonly Alert[]): string {
  const wrong = alerts.filter(isWrong);
  const broken = new Set(wrong.flatMap(({ rule }) => (rule === null ? [] : [rule.name])));
  const commands = broken.size === 0 ? [] : [scanCommand([...broken].sort())];
  const oneRule = new Set(alerts.map(({ configRuleName }) => configRuleName)).size === 1;
  const links = new Set(alerts.flatMap((alert) => consoleLink(alert, oneRule ? alert.configRuleName : null)));
  return more([...commands, ...(links.size === 1 ? links : [])]).join("\n");
}
