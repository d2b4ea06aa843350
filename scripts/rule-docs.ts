/** Documentation made from the rules' metadata: the README's tables, and `docs/rules.md`. */
import type { PublishedMetadata } from "../lib/metadata.ts";
import { severities } from "../lib/rule.ts";
import { parameterId } from "./logical-id.ts";

type Rules = readonly PublishedMetadata[];

export function ruleTable(rules: Rules): string {
  const rows = rules.map(({ name, practice, description, judges, watches }) => {
    const link = `[\`${name}\`](docs/rules.md#${name})`;
    return [link, practice, codes(judges), triggers(watches), description];
  });
  return table(["rule", "practice", "judges", "runs on", "what must hold"], rows);
}

export function permissionTable(rules: Rules): string {
  return table(
    ["rule", "action", "resources", "conditions"],
    rules.flatMap(({ name, permissions }) =>
      permissions.map((permission) => [`\`${name}\``, ...permissionCells(permission)]),
    ),
  );
}

export function rulesPage(rules: Rules): string {
  const head = "# Rules\n\nGenerated from the rules' metadata by `npm run generate`.\n";
  return [head, ...rules.map(ruleSection)].join("\n");
}

function ruleSection({
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
  return `## ${name}

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

${table(["action", "resources", "conditions"], permissions.map(permissionCells))}
`;
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
