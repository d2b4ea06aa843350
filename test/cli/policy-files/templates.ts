/** Templates around what a test is about. */
import { type FoundPolicy, noDocument } from "../../../cli/policy-files/found.ts";
import { policiesOf } from "../../../cli/policy-files/policies-of.ts";

export type Json = Readonly<Record<string, unknown>>;

export const arn = "arn:aws:dynamodb:us-east-1:123456789012:table";
export const noValue = { Ref: "AWS::NoValue" };

export function documentOn(resource: unknown): Json {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: resource }],
  };
}

/** A document that is told apart from others by its table. */
export function documentOf(table: string): Json {
  return documentOn(`${arn}/${table}`);
}

export function managedPolicy(document: unknown, more: Json = {}): Json {
  return { Type: "AWS::IAM::ManagedPolicy", ...more, Properties: { PolicyDocument: document } };
}

export function search(template: unknown): ReturnType<typeof policiesOf> {
  return policiesOf("file", typeof template === "string" ? template : JSON.stringify(template));
}

/** The names of the policies found, each with its document; with what is unresolved of it where something is. */
export function documentsByName(template: unknown): Json {
  return Object.fromEntries(
    search(template).policies.map(({ policy, text, unresolved }) => [
      policy,
      unresolved.length > 0 ? unresolved : JSON.parse(text),
    ]),
  );
}

export function problemsOf(template: unknown): readonly string[] {
  return search(template).problems;
}

/** What stands for the value in a policy: itself, in an array where the conditions make several, or what is said of it. */
export function resolved(value: unknown, template: Json = {}): unknown {
  const { policies } = search({
    ...template,
    Resources: { ...(template["Resources"] as Json), ThePolicy: managedPolicy(documentOn(value)) },
  });
  const found = policies.filter(({ policy }) => policy?.startsWith("ThePolicy")).map(resourceOf);
  return found.length === 1 ? found[0] : found;
}

function resourceOf({ text, unresolved }: FoundPolicy): unknown {
  if (unresolved.length > 0) {
    // The law of everything unresolved: the text holds a null, which no parser of policies takes.
    if (!text.includes(noDocument)) throw new Error(`unresolved, and yet ${text}`);
    return { unresolved: unresolved.map((sentence) => sentence.replace(/^Statement\[0\]\.Resource ?/, "")) };
  }
  return JSON.parse(text).Statement[0].Resource;
}

export function unresolved(...sentences: readonly string[]): Json {
  return { unresolved: sentences };
}
