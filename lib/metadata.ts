/** A rule's metadata as `lib/rules/rules.json` holds it, for whatever must not load the clients behind the rules. */
import type { Parameter } from "./parameters.ts";
import type { Rule, RuleMetadata } from "./rule.ts";

export type ParameterMetadata = Pick<Parameter<unknown>, "description" | "accepts" | "default" | "allowedValues">;

export interface PublishedMetadata extends RuleMetadata {
  readonly parameters: Readonly<Record<string, ParameterMetadata>>;
}

export function metadataOf(rule: Rule): PublishedMetadata {
  const { name, practice, title, description, links, reasons, judges, watches, permissions } = rule;
  const parameters = Object.fromEntries(
    Object.entries<Parameter<unknown>>(rule.parameters.byName).map(([parameterName, parameter]) => {
      const { description: about, accepts, default: byDefault, allowedValues } = parameter;
      return [parameterName, { description: about, accepts, default: byDefault, allowedValues }];
    }),
  );
  return { name, practice, title, description, links, reasons, judges, watches, permissions, parameters };
}
