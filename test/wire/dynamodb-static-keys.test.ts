import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, UpdateAccessKeyCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { keepAnswers, replayAnswers } from "../../lib/account/answers.ts";
import { isPassing } from "../../lib/account/fact.ts";
import { parseRecording, printRecording } from "../../lib/account/recording.ts";
import type { StaticKeys } from "../../lib/account/static-key-facts.ts";
import { isEvaluation } from "../../lib/judge.ts";
import { parseParameters } from "../../lib/parameters.ts";
import type { Evaluation, Outcome, Step } from "../../lib/rule.ts";
import { staticKeys } from "../../lib/rules/dynamodb-static-keys.ts";
import { awsCli, clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { iamOf, seedIam } from "../../scripts/emulator/sample-iam.ts";
import { accountId, region, sessionOf } from "../fakes/account.ts";
import { outcomesOf, wholeAccount } from "../outcomes.ts";
import { labelOf, labelsOf, refuse, saidOf, violationsOf } from "./iam-account.ts";
import { wire } from "./wire.ts";

const orders = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const read = [{ Action: ["dynamodb:GetItem", "dynamodb:ListTables"], Resource: orders }];
const everyEvidence = "credentialReport,accessKeyLastUsed,serviceLastAccessed";
const root = `account ${accountId}`;

/** The emulator's clock runs. */
const opened = (options: Parameters<typeof sessionOf>[0] = {}) => sessionOf({ now: new Date(), ...options });

async function scan(raw: object = {}): Promise<Record<string, string>> {
  return saidOf(await outcomesOf(staticKeys, opened(), raw));
}

async function factsOf(label: string): Promise<StaticKeys> {
  const parameters = parseParameters(staticKeys.parameters, {}, "parameters");
  for await (const reading of staticKeys.collect(opened(), wholeAccount, parameters)) {
    if (labelOf(reading.resource) === label && "facts" in reading) return reading.facts;
  }
  throw new Error(`no facts of ${label}`);
}

function violationOf(outcomes: readonly Outcome[], label: string): Evaluation {
  const found = violationsOf(outcomes).find(({ resource }) => labelOf(resource) === label);
  if (found === undefined) throw new Error(`${label} is no violation`);
  return found;
}

/** Does as a person would: puts the id that a command prints where the next ones name it. */
async function apply(url: string, steps: readonly Step[]): Promise<readonly string[]> {
  let id = "";
  const done: string[] = [];
  for (const step of steps) {
    if (!("command" in step)) continue;
    const words = step.command.slice(1).map((word) => (word.startsWith("ID_ENDING_IN_") ? id : word));
    const answer = await awsCli(url, [...words, "--region", region]);
    if (Array.isArray(answer)) [id] = answer as [string];
    done.push(step.command.slice(2, 3).join(" "));
  }
  return done;
}

/** A request of a service of which the product has no client: the emulator looks at no signature. */
async function callService(url: string, accessKeyId: string, service: string, target: string): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const headers = { authorization, "x-amz-target": target, "content-type": "application/x-amz-json-1.0" };
  const answer = await fetch(url, { method: "POST", headers, body: "{}" });
  if (!answer.ok) throw new Error(`${target} answered ${answer.status}: ${await answer.text()}`);
}

wire("dynamodb-static-keys against the emulator", ({ url }) => {
  const iam = iamOf(new IAMClient(clientConfiguration(url)));

  async function callerOf(name: string, statements: typeof read | [] = read) {
    const inline = statements.length === 0 ? {} : { inline: { own: statements } };
    return callsBy(await iam.createUserWithKey(name, inline));
  }

  async function secondKeyOf(UserName: string) {
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return callsBy({ accessKeyId: key?.AccessKeyId ?? "", secretAccessKey: key?.SecretAccessKey ?? "" });
  }

  function callsBy(credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }) {
    const configuration = { ...clientConfiguration(url), credentials };
    return {
      id: credentials.accessKeyId,
      callDynamoDb: () => new DynamoDBClient(configuration).send(new ListTablesCommand()),
      callStreams: () => callService(url, credentials.accessKeyId, "dynamodb", "DynamoDBStreams_20120810.ListStreams"),
      callSts: () => new STSClient(configuration).send(new GetCallerIdentityCommand()),
    };
  }

  it("judges the sample account's users and its root user: every verdict, none unread", async () => {
    await seedIam(url, "vpce-0123456789abcdef0");
    expect(labelsOf(await scan())).toEqual({
      COMPLIANT: [root, "user ana", "user dana", "user old-admin"],
      "NON_COMPLIANT called": ["user ci-deploy"],
      "NON_COMPLIANT capable": ["user report-batch"],
      NOT_APPLICABLE: ["user mailer"],
    });
  });

  it("tells a call by the last four characters of the key, the day and the region", async () => {
    const { id, callDynamoDb } = await callerOf("ci-deploy");
    await callDynamoDb();
    const { annotation, severity } = violationOf(await outcomesOf(staticKeys, opened()), "user ci-deploy");
    const day = new Date().toISOString().slice(0, 10);
    expect(annotation).toBe(
      `user/ci-deploy: active key ...${id.slice(-4)} called dynamodb on ${day} (us-east-1), credential report 0 h old; a role must make its calls. Give the caller an IAM role, then deactivate the key`,
    );
    expect(severity).toBe("HIGH");
  });

  it("asks about single users and keys only where the credential report does not decide", async () => {
    await seedIam(url, "vpce-0123456789abcdef0");
    const session = opened();
    await outcomesOf(staticKeys, session);
    expect(Object.fromEntries(session.calls)).toEqual({
      "iam:GenerateCredentialReport": 2,
      "iam:GetCredentialReport": 1,
      "iam:GetAccountAuthorizationDetails": 1,
      // Who has an active key: ci-deploy, report-batch and mailer; of ci-deploy's the report is proof enough.
      "iam:ListAccessKeys": 3,
      "iam:GetAccessKeyLastUsed": 2,
    });
  });

  it("finds what a later call of another service hides, by service last accessed details", async () => {
    const { callDynamoDb, callSts } = await callerOf("batch");
    await callDynamoDb();
    await callSts();
    expect(await scan()).toMatchObject({ "user batch": "NON_COMPLIANT capable" });
    expect(await scan({ flagCapable: false })).toMatchObject({ "user batch": "COMPLIANT" });
    expect(await scan({ flagCapable: false, evidence: everyEvidence })).toMatchObject({
      "user batch": "NON_COMPLIANT called",
    });
  });

  it("counts what a key did that is inactive now as nobody's, rather than as the other key's", async () => {
    const { id, callDynamoDb } = await callerOf("ann");
    await callDynamoDb();
    await iam.send(new UpdateAccessKeyCommand({ UserName: "ann", AccessKeyId: id, Status: "Inactive" }));
    await (await secondKeyOf("ann")).callSts();
    expect(await scan({ flagCapable: false, evidence: everyEvidence })).toMatchObject({
      "user ann": expect.stringMatching(
        /^iam:GetServiceLastAccessedDetails user\/ann: tells a call of dynamodb on .* not whether by the active key/,
      ),
    });
  });

  it("counts DynamoDB Streams as DynamoDB, and forgets what is longer ago than lookbackDays", async () => {
    await (await callerOf("batch")).callStreams();
    const later = opened({ now: new Date(Date.now() + 91 * 86_400_000) });
    const raw = { flagCapable: false, evidence: "accessKeyLastUsed" };
    expect(saidOf(await outcomesOf(staticKeys, opened(), raw))).toMatchObject({ "user batch": "NON_COMPLIANT called" });
    expect(saidOf(await outcomesOf(staticKeys, later, raw))).toMatchObject({ "user batch": "COMPLIANT" });
  });

  it("leaves out whom exemptPrincipals names", async () => {
    await callerOf("ci-deploy");
    expect(await scan({ exemptPrincipals: "arn:aws:iam::123456789012:user/ci-*" })).toMatchObject({
      "user ci-deploy": "NOT_APPLICABLE",
    });
  });

  describe("the root user's key", () => {
    it("is a violation while it is active, whatever it was used for", async () => {
      const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({}));
      const { severity, annotation, mend } = violationOf(await outcomesOf(staticKeys, opened()), root);
      expect(severity).toBe("CRITICAL");
      expect(annotation).toMatch(/^root user: active access key, created 20/);
      expect(mend?.choice).toBeNull();
      await iam.send(new UpdateAccessKeyCommand({ AccessKeyId: key?.AccessKeyId, Status: "Inactive" }));
      expect(await scan()).toEqual({ [root]: "COMPLIANT" });
    });

    it("is only half known without the credential report", async () => {
      const evidence = "accessKeyLastUsed";
      expect(await scan({ evidence })).toEqual({ [root]: "COMPLIANT" });
      await iam.send(new CreateAccessKeyCommand({}));
      expect(await scan({ evidence })).toEqual({
        [root]:
          "iam:GetAccountSummary root user: tells that there is a key, not whether it is active: add credentialReport to evidence",
      });
    });
  });

  describe("after its mend", () => {
    const commands = ["list-access-keys", "update-access-key", "delete-access-key"];
    const faults: Record<string, { make: () => Promise<unknown>; commands: string[] }> = {
      "a user whose key called DynamoDB": { make: async () => (await callerOf("app")).callDynamoDb(), commands },
      "a user whose key can": { make: () => callerOf("app"), commands },
      "a user with two such keys": {
        make: async () => {
          await (await callerOf("app")).callDynamoDb();
          await secondKeyOf("app");
        },
        commands: [...commands, ...commands],
      },
    };

    it.each(Object.entries(faults))("%s complies, and is as the mend promised", async (_name, fault) => {
      await fault.make();
      const promised = staticKeys.mend(await factsOf("user app"), parseParameters(staticKeys.parameters, {}, "given"));
      const { mend } = violationOf(await outcomesOf(staticKeys, opened()), "user app");
      expect(await apply(url, mend?.steps ?? [])).toEqual(fault.commands);
      expect(await scan()).toMatchObject({ "user app": "COMPLIANT" });
      const after = await factsOf("user app");
      if (!("after" in promised) || promised.after.kind === "root" || after.kind === "root") throw new Error("no mend");
      expect([after.keys, after.keysUnread]).toEqual([promised.after.keys, promised.after.keysUnread]);
    });
  });

  it("makes the calls that its permissions declare, and no others", async () => {
    const { callSts } = await callerOf("app");
    await callSts();
    await iam.send(
      new CreateUserCommand({ UserName: "bounded", PermissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess" }),
    );
    const withReport = opened();
    await outcomesOf(staticKeys, withReport, { evidence: everyEvidence });
    const without = opened();
    await outcomesOf(staticKeys, without, { evidence: "accessKeyLastUsed" });
    const made = new Set([...withReport.calls.keys(), ...without.calls.keys()]);
    expect([...made].sort()).toEqual(staticKeys.permissions.map(({ action }) => action).sort());
  });

  it("replays from a recording, not-done-yet answers too, in which there is no key's id", async () => {
    const { id, callSts } = await callerOf("app");
    await callSts();
    const other = await secondKeyOf("app");
    const now = new Date();
    const answers = keepAnswers(isPassing);
    const raw = { evidence: everyEvidence };
    const live = await outcomesOf(staticKeys, opened({ now, answers }), raw);
    const head = { toolVersion: "0.0.0", accountId, region, recordedAt: now };
    const file = printRecording({ ...head, calls: answers.recorded() });
    for (const whole of [id, other.id]) {
      expect(file).not.toContain(whole);
      expect(JSON.stringify(live)).not.toContain(whole);
      expect(file).toContain(`app/...${whole.slice(-4)}`);
    }
    const { calls } = parseRecording(file, "scan.json");
    const asked = calls.filter(({ answers: given }) => given.length > 1).map(({ call }) => call);
    expect(asked.sort()).toEqual(["iam:GenerateCredentialReport", "iam:GetServiceLastAccessedDetails"]);
    const started = performance.now();
    const again = await outcomesOf(staticKeys, sessionOf({ now, answers: replayAnswers(calls) }), raw);
    expect(again).toEqual(live);
    expect(live.filter((outcome) => !isEvaluation(outcome))).toEqual([]);
    // The waiting between two polls is not replayed.
    expect(performance.now() - started).toBeLessThan(900);
  });

  describe("takes nothing for compliant that it may not read:", () => {
    const denied = (call: string, on: string): string =>
      `iam:${call} ${on} was denied. Allow it to role/dynamodb-scanner`;
    const doWithout = (...calls: string[]) =>
      refuse(url, (parameters) => calls.includes(parameters.get("Action") ?? ""));

    it("the listing of users", async () => {
      await doWithout("GetAccountAuthorizationDetails");
      const call = "GetAccountAuthorizationDetails";
      expect(await scan()).toEqual({ [root]: "COMPLIANT", "the listing": denied(call, `on account ${accountId}`) });
    });

    it.each(["GenerateCredentialReport", "GetCredentialReport"])("the credential report, with %s", async (call) => {
      await (await callerOf("batch", [])).callSts();
      await (await callerOf("caller")).callDynamoDb();
      await iam.createUser("nobody", {});
      await doWithout(call);
      expect(await scan()).toEqual({
        [root]: denied(call, `root user: on account ${accountId}`),
        "user batch": denied(call, `user/batch: on account ${accountId}`),
        // One proof is enough, and who has no key needs no evidence.
        "user caller": "NON_COMPLIANT called",
        "user nobody": "COMPLIANT",
      });
    });

    it("the keys, of which the credential report still tells the use", async () => {
      await (await callerOf("batch", [])).callSts();
      await (await callerOf("caller")).callDynamoDb();
      await doWithout("ListAccessKeys");
      expect(await scan()).toEqual({
        [root]: "COMPLIANT",
        "user batch": denied("ListAccessKeys", "user/batch: on user batch"),
        "user caller": "NON_COMPLIANT called",
      });
    });

    it("a key's last use", async () => {
      const { id, callSts } = await callerOf("batch", []);
      await callSts();
      await doWithout("GetAccessKeyLastUsed");
      expect(await scan()).toMatchObject({
        "user batch": denied("GetAccessKeyLastUsed", `user/batch: on key ...${id.slice(-4)} of user batch`),
      });
    });

    it.each(["GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails"])("%s", async (call) => {
      await (await callerOf("batch", [])).callSts();
      await doWithout(call);
      expect(await scan({ evidence: everyEvidence })).toMatchObject({
        "user batch": denied(call, "user/batch: on user batch"),
      });
    });
  });
});
