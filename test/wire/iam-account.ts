/** What the wire tests of both rules on IAM do in the emulator's account. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, vi } from "vitest";
import type { IamFacts } from "../../lib/account/iam-facts.ts";
import { isEvaluation } from "../../lib/judge.ts";
import { parseParameters } from "../../lib/parameters.ts";
import type { Evaluation, Outcome, Resource, Rule, Step } from "../../lib/rule.ts";
import { awsCli } from "../../scripts/emulator/emulator.ts";
import { sessionOf } from "../fakes/account.ts";
import { outcomesOf, wholeAccount } from "../outcomes.ts";

/** `role checkout`: a principal and a policy may have one name. */
export function labelOf({ type, name }: Resource): string {
  return `${type.split("::").at(-1)?.toLowerCase()} ${name}`;
}

/** By label: the verdict, with the codes of its reasons; or why there is none. */
export function saidOf(outcomes: readonly Outcome[]): Record<string, string> {
  return Object.fromEntries(
    outcomes.map((outcome) => [
      outcome.resource === null ? "the listing" : labelOf(outcome.resource),
      isEvaluation(outcome)
        ? [outcome.complianceType, ...outcome.reasons.map(({ code }) => code)].join(" ")
        : `${outcome.unread.call} ${outcome.unread.message}`,
    ]),
  );
}

/** The labels, in order, by what was said. */
export function labelsOf(said: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  const labels = Map.groupBy(Object.keys(said).sort(), (label) => said[label] ?? "");
  return Object.fromEntries(labels);
}

/** What is said now of whom something else was said before. */
export function changed(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(after).filter(([label, words]) => before[label] !== words));
}

export function violationsOf(outcomes: readonly Outcome[]): readonly Evaluation[] {
  return outcomes.filter(isEvaluation).filter(({ complianceType }) => complianceType === "NON_COMPLIANT");
}

/** What a person would choose, by the placeholders of the mends' documents. */
const chosen: Readonly<Record<string, string>> = {
  TABLE_NAME: "Orders",
  "vpce-ENDPOINT_ID": "vpce-0123456789abcdef0",
  REQUIRED_VALUE: "shop",
};

/** Does as a person would: puts what was chosen into the files of a mend, and runs its commands.
 * @returns the documents in those files */
export async function applyMend(url: string, steps: readonly Step[]): Promise<readonly unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), "mend-"));
  const documents: unknown[] = [];
  try {
    for (const step of steps) {
      if ("words" in step) throw new Error(`a person must do by hand: ${step.words}`);
      if ("file" in step) {
        const content = Object.entries(chosen).reduce(
          (kept, [name, value]) => kept.replaceAll(name, value),
          step.content,
        );
        await writeFile(join(folder, step.file), content);
        documents.push(JSON.parse(content));
      } else {
        const words = step.command.slice(1).map((word) => word.replace(/^file:\/\//, `file://${folder}/`));
        // IAM has no region; beside an endpoint's address the command line asks for one.
        await awsCli(url, [...words, "--region", "us-east-1"]);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return documents;
}

/** Applies the mend of a violation, and expects that the resource then complies and is as the mend promised; where it
 * left a choice, that the resource holds the documents of its files.
 * @returns the commands, each its first words: `aws iam create-policy-version` */
export async function expectMended<P>(
  url: string,
  rule: Rule<IamFacts, P>,
  label: string,
  raw: object = {},
): Promise<readonly string[]> {
  const promised = rule.mend(await factsOf(rule, label), parseParameters(rule.parameters, raw, "parameters"));
  const violations = violationsOf(await outcomesOf(rule, sessionOf(), raw));
  const mend = violations.find(({ resource }) => labelOf(resource) === label)?.mend;
  if (!mend) throw new Error(`${label} is no violation`);
  const documents = await applyMend(url, mend.steps);
  expect(saidOf(await outcomesOf(rule, sessionOf(), raw))).toMatchObject({ [label]: "COMPLIANT" });
  const after = asEvaluated(await factsOf(rule, label));
  if ("after" in promised) expect(after).toEqual(asEvaluated(promised.after));
  else expect(after.documents).toEqual(expect.arrayContaining([...documents]));
  return mend.steps.flatMap((step) => ("command" in step ? [step.command.slice(0, 3).join(" ")] : []));
}

async function factsOf<P>(rule: Rule<IamFacts, P>, label: string): Promise<IamFacts> {
  const parameters = parseParameters(rule.parameters, {}, "parameters");
  for await (const reading of rule.collect(sessionOf(), wholeAccount, parameters)) {
    if (labelOf(reading.resource) === label && "facts" in reading) return reading.facts;
  }
  throw new Error(`no facts of ${label}`);
}

/** The facts in what a verdict rests on: without the versions of policies, white space and order. */
function asEvaluated(facts: IamFacts) {
  const { policies, boundary, ...rest } =
    facts.kind === "policy" ? { ...facts, policies: [facts.policy], boundary: null } : facts;
  const contentOf = ({ name, document }: (typeof policies)[number]): unknown =>
    "value" in document ? JSON.parse(document.value) : `${name} was not read`;
  return {
    ...rest,
    ...("policy" in rest ? { policy: null } : {}),
    documents: policies.map(contentOf).toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
    boundary: boundary === null ? null : contentOf(boundary),
  };
}

/** For the rest of the test the emulator stands behind a door that refuses some requests, as IAM does.
 * @param isRefused by the request's parameters; those that it sets are handed on */
export async function refuse(url: string, isRefused: (parameters: URLSearchParams) => boolean): Promise<void> {
  const server = createServer(async (request, response) => {
    const parameters = new URLSearchParams(await text(request));
    if (isRefused(parameters)) {
      response.writeHead(403, { "content-type": "text/xml" }).end(refusal(parameters.get("Action") ?? ""));
      return;
    }
    const authorization = request.headers.authorization ?? "";
    const answer = await fetch(url, { method: "POST", headers: { authorization }, body: parameters });
    response.writeHead(answer.status, { "content-type": "text/xml" }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function refusal(action: string): string {
  const scanner = "arn:aws:sts::123456789012:assumed-role/dynamodb-scanner/run";
  const message = `User: ${scanner} is not authorized to perform: iam:${action} because no identity-based policy allows it`;
  return `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
}
