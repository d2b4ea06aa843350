/** The rule's parameters, held to its own schema before anything is read. */
import { parseParameters } from "../parameters.ts";
import type { Rule } from "../rule.ts";
import type { Run, RunMiddleware } from "./run.ts";

/** Throws a ParameterError that lists every fault by its place in the event. */
export function ruleParameters<P>(rule: Rule<unknown, P>): RunMiddleware<never, never> {
  return {
    name: "ruleParameters",
    before({ event: run }: { event: Run }) {
      run.parameters = parseParameters(rule.parameters, run.invocation.ruleParameters, "ruleParameters");
    },
  };
}
