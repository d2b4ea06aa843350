/** Documentation made from the rules' metadata: the tables of pages, and the head of each rule's own page. */
import type { PublishedMetadata } from "../lib/metadata.ts";
import { severities } from "../lib/rule.ts";
import { parameterId } from "./logical-id.ts";

type Rules = readonly PublishedMetadata[];

/** The heading of what is written by hand on a rule's page, below what is generated. */
export const byHand = "## Why, and how it decides";

export function pageOf(name: string): string {
  return `docs/rules/${name}.md`;
}

/** The catalogue for the README: one line a rule. */
export function ruleTable(rules: Rules): string {
  const rows = rules.map(({ name, practice, description }) => [
    `[\`${name}\`](${pageOf(name)})`,
    practice,
    description,
  ]);
  return table(["rule", "practice", "what must hold"], rows);
}

/** The index of the rules' pages: what each judges, and when it runs. */
export function rulesIndex(rules: Rules): string {
  const rows = rules.map(({ name, title, judges, watches, reasons }) => {
    const worst = severities.findLast((one) => Object.values(reasons).some(({ severity }) => severity === one)) ?? "";
    return [`[\`${name}\`](${name}.md)`, title, codes(judges), triggers(watches), worst];
  });
  return table(["rule", "in short", "judges", "runs on", "worst violation"], rows);
}

export function permissionTable(rules: Rules): string {
  return table(
    ["rule", "action", "resources", "conditions"],
    rules.flatMap(({ name, permissions }) =>
      permissions.map((permission) => [`\`${name}\``, ...permissionCells(permission)]),
    ),
  );
}

/** What metadata says of a rule, for its page. */
export function ruleSection({
  name,
  practice,
  title,
  description,
  links,
  reasons,
  judges,
  watches,
  permissions,
  parameters,
}: PublishedMetadata): string {
  const worstFirst = Object.entries(reasons).sort(
    ([, one], [, other]) => severities.indexOf(other.severity) - severities.indexOf(one.severity),
  );
  return `# ${name}

**${title}.** ${description}

- Practice: ${practice}
- Judges: ${codes(judges)}
- Runs on: ${triggers(watches)}
- Read more: ${links.map((link) => `<${link}>`).join(", ")}

${table(
  ["parameter", "template parameter", "default", "accepts", "meaning"],
  Object.entries(parameters).map(([parameter, { default: byDefault, accepts, description: about }]) => [
    `\`${parameter}\``,
    `\`${parameterId(name, parameter)}\``,
    byDefault === null ? "not given" : `\`${byDefault}\``,
    accepts,
    about,
  ]),
)}

${table(
  ["violation", "severity", "why it matters"],
  worstFirst.map(([code, { severity, why }]) => [`\`${code}\``, severity, why]),
)}

${table(["action", "resources", "conditions"], permissions.map(permissionCells))}`;
}

function permissionCells({
  action,
  resources,
  conditions,
}: PublishedMetadata["permissions"][number]): readonly string[] {
  const limits = conditions === undefined ? "" : `\`${JSON.stringify(conditions)}\``;
  return [`\`${action}\``, codes(resources.map((arn) => arn.replaceAll("AWS::", ""))), limits];
}

function codes(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(", ");
}

function triggers(watches: PublishedMetadata["watches"]): string {
  return ["a schedule", ...watches.map((type) => `a change of \`${type}\``)].join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
