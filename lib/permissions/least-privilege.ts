/** What of somebody's permissions is more than least privilege (docs, definitions 10 to 14). Pure. */
import type { IamFacts } from "../account/iam-facts.ts";
import { dataFirst } from "../iam/actions.ts";
import { type Administration, findAdministration } from "../iam/administration.ts";
import { type AllActions, findAllActions } from "../iam/all-actions.ts";
import { findAnyTableRequest } from "../iam/any-table.ts";
import { matchesWildcard } from "../iam/wildcard.ts";
import type { Witness } from "../iam/witness.ts";
import type { ReasonKind } from "../rule.ts";
import { type Assessment, assessed, type Told } from "./assessment.ts";
import { type Holding, holdingOf, policySetOf } from "./holding.ts";
import type { Mending } from "./mend.ts";
import { onNamedTables, withListedActions, withoutAdministration } from "./narrow-privilege.ts";
import { everyOffence, type Offence } from "./offences.ts";
import { complianceOf, requestOf, statementsOf } from "./wording.ts";

export interface LeastPrivilegeDemands {
  /** ARNs of those who may administer the tables that they also work on; wildcards. */
  readonly allowAdministration: readonly string[];
}

export const leastPrivilegeReasons = {
  allActionsOnAnyTable: {
    severity: "HIGH",
    says: "list the actions and name the tables",
    why: "Whoever holds it can read, overwrite and delete every table of the account, and give its data to others.",
  },
  allActions: {
    severity: "MEDIUM",
    says: "actions must be listed",
    why: "All actions include deleting the table, opening it to another account, and whatever AWS adds next.",
  },
  anyTable: {
    severity: "MEDIUM",
    says: "tables must be named",
    why: "A table that is made tomorrow is reached too, whatever it holds.",
  },
  administration: {
    severity: "MEDIUM",
    says: "administration must be kept apart",
    why: "A stolen credential of an application could then delete the table, or open it to strangers.",
  },
  unattached: {
    severity: "LOW",
    says: "attached to nobody",
    why: "It grants nothing yet; whoever attaches it grants more than is needed.",
  },
} as const satisfies Readonly<Record<string, ReasonKind>>;

export function assessLeastPrivilege(facts: IamFacts, demands: LeastPrivilegeDemands): Assessment {
  const holding = holdingOf(facts);
  return assessed(facts, holding, {
    ...findingsOf(facts, holding, demands),
    unattached: { code: "unattached", wanted: `narrow it: ${leastPrivilegeReasons.unattached.says}` },
    // Metadata reads and what is on no table count too: a policy of them alone complies.
    judged: { actions: dataFirst, words: "allows no action of DynamoDB" },
    complies: () => complianceOf(holding),
  });
}

function findingsOf(
  facts: IamFacts,
  holding: Holding,
  { allowAdministration }: LeastPrivilegeDemands,
): { readonly findings: readonly Told[]; readonly undecided: boolean } {
  const { caller, now } = holding;
  const asking = { caller, now };
  const all = everyOffence<AllActions>(
    policySetOf(holding),
    (rest) => findAllActions(rest, asking),
    ({ witness }) => witness,
  );
  // What grants everything has been told as that; what is left is judged by its tables and its administration.
  const any = everyOffence<Witness>(
    all.rest,
    (rest) => findAnyTableRequest(rest, asking),
    (witness) => witness,
  );
  const mayAdminister = allowAdministration.some(
    (pattern) => facts.arn !== null && matchesWildcard(pattern, facts.arn),
  );
  const administration = mayAdminister
    ? null
    : everyOffence<Administration>(
        all.rest,
        (rest) => findAdministration(rest, asking),
        ({ administrative }) => administrative,
      );
  const findings = [
    ...all.offences.map((offence) => allActionsFound(facts, holding, offence)),
    ...any.offences.map((offence) => anyTableFound(facts, holding, offence)),
    ...(administration?.offences ?? []).map((offence) => administrationFound(facts, holding, offence)),
  ];
  return {
    findings,
    undecided: all.undecided || any.undecided || (administration?.undecided ?? false),
  };
}

function allActionsFound(
  facts: IamFacts,
  holding: Holding,
  { found: { witness, onAnyTable }, places }: Offence<AllActions>,
): Told {
  const grants = `${statementsOf(facts, holding, places)} grants all actions`;
  const code = onAnyTable ? "allActionsOnAnyTable" : "allActions";
  return {
    code,
    found: `${grants}${onAnyTable ? " on any table" : ""}, so ${requestOf(witness)}`,
    wanted: leastPrivilegeReasons[code].says,
    witness,
    places,
  };
}

function anyTableFound(facts: IamFacts, holding: Holding, { found: witness, places }: Offence<Witness>): Told {
  return {
    code: "anyTable",
    found: `${statementsOf(facts, holding, places)} allows ${witness.action} on any table`,
    wanted: leastPrivilegeReasons.anyTable.says,
    witness,
    places,
  };
}

function administrationFound(facts: IamFacts, holding: Holding, { found, places }: Offence<Administration>): Told {
  const { administrative, data } = found;
  return {
    code: "administration",
    found: `${statementsOf(facts, holding, places)} allows ${requestOf(administrative)} beside ${data.action}`,
    wanted: leastPrivilegeReasons.administration.says,
    witness: administrative,
    places,
  };
}

export function leastPrivilegeMending(demands: LeastPrivilegeDemands): Mending {
  return {
    assess: (facts) => assessLeastPrivilege(facts, demands),
    instead(stated, { kind }, { caller }) {
      if (kind === "anyTable") return onNamedTables(stated, caller);
      return kind === "administration" ? withoutAdministration(stated) : withListedActions(stated);
    },
    summaries: {
      allActionsOnAnyTable: "List the actions that are used",
      allActions: "List the actions that are used",
      anyTable: "Name the tables in Resource",
      administration: "Give administration to a role of its own",
    },
    takesAway: "Whatever used the permissions that go is refused.",
  };
}
