/** What a scan is asked: which rules, with which parameters. Every fault is told at once, before anything is read. */
import { ParameterError, parseParameters, printable, quoted } from "../lib/parameters.ts";
import type { CommonParameters, Rule } from "../lib/rule.ts";
import { CliError, exitStatus } from "./errors.ts";

/** A rule with its parameters, parsed by its own schema. */
export interface ChosenRule {
  readonly rule: Rule;
  readonly parameters: CommonParameters;
}

/** The chosen rules in the catalogue's order.
 * @param names comma-separated; not given: all
 * @param parametersJson an object from rule name to that rule's parameters; those of a rule not chosen are checked too
 * @throws CliError with a line for every fault */
export function chooseRules(
  catalogue: readonly Rule[],
  names: string | undefined,
  parametersJson: string | undefined,
): readonly ChosenRule[] {
  const accepted = catalogue.map(({ name }) => name).join(", ");
  const isRule = (given: string): boolean => catalogue.some(({ name }) => name === given);
  const faults: string[] = [];

  const chosen = names?.split(",").map((name) => name.trim());
  faults.push(
    ...(chosen ?? [])
      .filter((name) => !isRule(name))
      .map((name) => `--rules: ${quoted(name)} is no rule; use ${accepted}`),
  );

  const given = parseObject(parametersJson ?? "{}", faults);
  faults.push(
    ...Object.keys(given)
      .filter((name) => !isRule(name))
      .map((name) => `parameters: ${printable(name)} is no rule; use ${accepted}`),
  );
  const rules = catalogue.flatMap((rule): readonly ChosenRule[] => {
    const own = Object.hasOwn(given, rule.name) ? given[rule.name] : {};
    const parameters = parsed(rule, own, faults);
    return parameters === null ? [] : [{ rule, parameters }];
  });
  if (faults.length > 0) throw new CliError(exitStatus.usage, faults);
  return rules.filter(({ rule }) => chosen === undefined || chosen.includes(rule.name));
}

function parsed(rule: Rule, given: unknown, faults: string[]): CommonParameters | null {
  try {
    return parseParameters(rule.parameters, given, `parameters: ${rule.name}`);
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    faults.push(...error.faults);
    return null;
  }
}

function parseObject(json: string, faults: string[]): Readonly<Record<string, unknown>> {
  const wanted = "use a JSON object from rule names to parameters";
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    faults.push(`parameters: ${quoted(value)} is no object; ${wanted}`);
  } catch (error) {
    faults.push(`parameters: the file is no JSON; ${wanted} - ${(error as Error).message}`);
  }
  return {};
}
