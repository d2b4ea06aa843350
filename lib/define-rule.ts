/** How a rule is declared: what is the same for all of them is added here, so that none can forget it. */
import { exemptionsParameter } from "./exemptions.ts";
import type { ParameterSet } from "./parameters.ts";
import type { CommonParameters, Rule, RuleDefinition } from "./rule.ts";

/** The rule, with the parameters that all have; registers nothing. */
export function defineRule<F, P>(definition: RuleDefinition<F, P>): Rule<F, P> {
  const { byName, contradictions } = definition.parameters;
  const common: ParameterSet<CommonParameters>["byName"] = { exemptions: exemptionsParameter };
  // The type of a set of generic parameters is not computed until they are known.
  const all = { ...byName, ...common } as unknown as ParameterSet<P & CommonParameters>["byName"];
  return { ...definition, parameters: { byName: all, contradictions } };
}
