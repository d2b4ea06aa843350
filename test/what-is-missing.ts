/** What a newcomer forgot of a rule, each with what to write: the messages of the catalogue's test. */
import { logicalName } from "../scripts/logical-id.ts";
import { byHand, pageOf } from "../scripts/rule-docs.ts";

export interface Repository {
  readonly exists: (path: string) => boolean;
  readonly read: (path: string) => string;
  /** The names of the rules in the catalogue, in its order. */
  readonly catalogue: readonly string[];
}

export interface Described {
  readonly name: string;
  readonly watches: readonly string[];
}

export function whatIsMissing(
  { name, watches }: Described,
  { exists, read, catalogue }: Repository,
): readonly string[] {
  const camel = logicalName(name).replace(/^./, (letter) => letter.toLowerCase());
  const handler = `import { configRule } from "../lib/handler.ts";\nimport { ${camel} } from "../lib/rules/${name}.ts";\n\nexport const handler = configRule(${camel});\n`;
  const kinds = ["scheduled", ...(watches.length === 0 ? [] : ["change", "deleted", "oversized"])];
  const missing = (path: string, what: string): readonly string[] =>
    exists(path) ? [] : [`${path} is missing; ${what}`];
  const page = pageOf(name);
  const [, written = ""] = exists(page) ? read(page).split(`${byHand}\n`) : [];
  return [
    ...missing(
      `lib/rules/${name}.ts`,
      `it declares the rule: export const ${camel} = defineRule({ name: "${name}", ... })`,
    ),
    ...(catalogue.includes(name)
      ? []
      : [`lib/rules/index.ts lacks ${camel}; add it to the catalogue in the order of the AWS page`]),
    ...missing(`functions/${name}.ts`, `it holds:\n${handler}`),
    ...(exists(`functions/${name}.ts`) && read(`functions/${name}.ts`) !== handler
      ? [`functions/${name}.ts holds more or less than a handler; write:\n${handler}`]
      : []),
    ...missing(
      `test/lib/rules/${name}.test.ts`,
      `it calls ruleTable(${camel}, { ... }) with a case for every verdict and reason`,
    ),
    ...missing(
      `test/wire/${name}.test.ts`,
      "it runs the rule against the emulator, and holds its permissions to the calls it made",
    ),
    ...kinds.flatMap((kind) =>
      missing(`events/${name}.${kind}.json`, `copy an event of another rule of the kind ${kind} and name this one`),
    ),
    ...(written.trim() === ""
      ? [
          `${page} says nothing under "${byHand.slice("## ".length)}"; npm run generate makes the page, and you write there why the practice matters and whose word that is, what is read, how it is decided, what is left apart, the limits, what it costs, and an example out of the sample account`,
        ]
      : []),
    ...(exists("template.yaml") && read("template.yaml").includes(`dist/${logicalName(name)}Function`)
      ? []
      : [
          `template.yaml lacks ${logicalName(name)}Function; copy the entries of another rule (role, log group, function, permission, rule, alarms)`,
        ]),
  ];
}
