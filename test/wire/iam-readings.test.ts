import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteUserPermissionsBoundaryCommand,
  GetAccountAuthorizationDetailsCommand,
  GetPolicyVersionCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
} from "@aws-sdk/client-iam";
import pMap from "p-map";
import { expect, test } from "vitest";
import { keepAnswers, replayAnswers } from "../../lib/account/answers.ts";
import { isPassing } from "../../lib/account/fact.ts";
import type { IamFacts } from "../../lib/account/iam-facts.ts";
import { readIam } from "../../lib/account/iam-readings.ts";
import { parseRecording, printRecording } from "../../lib/account/recording.ts";
import type { SessionOptions } from "../../lib/account/session.ts";
import type { Reading } from "../../lib/rule.ts";
import { awsCli, clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { accountId, all, sessionOf } from "../fakes/account.ts";
import { wholeAccount } from "../outcomes.ts";
import { wire } from "./wire.ts";

const readOnly = "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess";
const powerUser = "arn:aws:iam::aws:policy/PowerUserAccess";
const allow = (Action: string, table: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action, Resource: `arn:aws:dynamodb:us-east-1:${accountId}:table/${table}` },
  });
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

wire("the reading of IAM", ({ url }) => {
  const iam = new IAMClient(clientConfiguration(url));
  const createPolicy = async (PolicyName: string, PolicyDocument: string, Path = "/"): Promise<string> =>
    (await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument, Path }))).Policy?.Arn ?? "";
  const createRole = (RoleName: string, PermissionsBoundary?: string): Promise<unknown> =>
    iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: trust,
        ...(PermissionsBoundary === undefined ? {} : { PermissionsBoundary }),
      }),
    );

  async function readings(options: Partial<SessionOptions> = {}, scope = wholeAccount) {
    const session = sessionOf(options);
    const read = await all(readIam(session, scope, { exempt: null }));
    return { read, calls: Object.fromEntries(session.calls) };
  }

  function factsNamed(name: string, read: readonly Reading<IamFacts>[]): IamFacts {
    const reading = read.find(({ resource }) => resource.name === name);
    if (reading === undefined || !("facts" in reading)) throw new Error(`no facts of ${name}`);
    return reading.facts;
  }

  test("gives each policy, role, user and group its unique id, and the documents as they were written", async () => {
    const orders = await createPolicy("Orders", allow("dynamodb:GetItem", "Orders"), "/shop/");
    const second = allow("dynamodb:PutItem", "Ördérs 100%");
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn: orders, PolicyDocument: second, SetAsDefault: true }));
    await createRole("app", orders);
    const notes = allow("dynamodb:Query", "Notes");
    await iam.send(new PutRolePolicyCommand({ RoleName: "app", PolicyName: "notes", PolicyDocument: notes }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: "app", PolicyArn: orders }));
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    await iam.send(new CreateGroupCommand({ GroupName: "team", Path: "/shop/" }));

    const { read, calls } = await readings();
    expect(read.map(({ resource }) => [resource.type, resource.id.slice(0, 4), resource.arn])).toEqual([
      ["AWS::IAM::Policy", "ANPA", `arn:aws:iam::${accountId}:policy/shop/Orders`],
      ["AWS::IAM::Role", "AROA", `arn:aws:iam::${accountId}:role/app`],
      ["AWS::IAM::User", "AIDA", `arn:aws:iam::${accountId}:user/ann`],
      ["AWS::IAM::Group", "AGPA", `arn:aws:iam::${accountId}:group/shop/team`],
    ]);
    expect(factsNamed("Orders", read)).toMatchObject({
      path: "/shop/",
      attachmentCount: 1,
      permissionsBoundaryUsageCount: 1,
      policy: {
        document: { value: second },
        kept: {
          versions: [
            { versionId: "v1", isDefault: false },
            { versionId: "v2", isDefault: true },
          ],
        },
      },
    });
    expect(factsNamed("app", read)).toMatchObject({
      policies: [
        { name: "notes", kept: { in: "principal" }, document: { value: notes } },
        { name: "Orders", kept: { in: "account", arn: orders }, document: { value: second } },
      ],
      boundary: { name: "Orders", document: { value: second } },
      incomplete: null,
    });
    expect(factsNamed("ann", read)).toMatchObject({ policies: [], boundary: null, incomplete: null });
    expect(factsNamed("team", read)).toMatchObject({ path: "/shop/", policies: [], incomplete: null });
    expect(calls).toEqual({ "iam:GetAccountAuthorizationDetails": 1 });
  });

  test("gives a user the policies of its groups, AWS's own among them, and reads a boundary of AWS's by itself", async () => {
    const board = allow("dynamodb:Scan", "Board");
    await iam.send(new CreateUserCommand({ UserName: "ann", PermissionsBoundary: powerUser }));
    await iam.send(new CreateGroupCommand({ GroupName: "team" }));
    await iam.send(new PutGroupPolicyCommand({ GroupName: "team", PolicyName: "board", PolicyDocument: board }));
    await iam.send(new AttachGroupPolicyCommand({ GroupName: "team", PolicyArn: readOnly }));
    await iam.send(new AddUserToGroupCommand({ GroupName: "team", UserName: "ann" }));

    const { read, calls } = await readings();
    const team = { name: "team", arn: `arn:aws:iam::${accountId}:group/team` };
    expect(factsNamed("ann", read)).toMatchObject({
      policies: [
        { name: "board", group: team, document: { value: board } },
        { name: "AmazonDynamoDBReadOnlyAccess", group: team, kept: { in: "aws", arn: readOnly } },
      ],
      boundary: { name: "PowerUserAccess", kept: { in: "aws", arn: powerUser } },
      incomplete: null,
    });
    const { boundary } = factsNamed("ann", read) as { boundary: { document: { value: string } } };
    expect(JSON.parse(boundary.document.value)).toMatchObject({ Version: "2012-10-17" });
    expect(calls).toEqual({
      "iam:GetAccountAuthorizationDetails": 1,
      "iam:GetPolicy": 1,
      "iam:GetPolicyVersion": 1,
    });
  });

  test("follows a user's boundary as it is put and deleted", async () => {
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    const user = { UserName: "ann" };
    await iam.send(new PutUserPermissionsBoundaryCommand({ ...user, PermissionsBoundary: powerUser }));
    expect(factsNamed("ann", (await readings()).read)).toMatchObject({ boundary: { name: "PowerUserAccess" } });
    await iam.send(new DeleteUserPermissionsBoundaryCommand(user));
    expect(factsNamed("ann", (await readings()).read)).toMatchObject({ boundary: null });
  });

  test("reads page after page, asks for a change only what it touches, and finds the deleted gone", async () => {
    const names = Array.from({ length: 310 }, (_, at) => `role-${at}`);
    await pMap(names, (name) => createRole(name), { concurrency: 16 });
    const { read, calls } = await readings();
    expect(read.map(({ resource }) => resource.name).sort()).toEqual([...names].sort());
    expect(calls).toEqual({ "iam:GetAccountAuthorizationDetails": 2 });

    const id = read.find(({ resource }) => resource.name === "role-7")?.resource.id ?? "";
    const scope = { kind: "resources", resources: [{ type: "AWS::IAM::Role", id }] } as const;
    expect((await readings({}, scope)).read).toMatchObject([{ resource: { name: "role-7" }, facts: { policies: [] } }]);
    await iam.send(new DeleteRoleCommand({ RoleName: "role-7" }));
    expect((await readings({}, scope)).read).toEqual([
      { resource: { type: "AWS::IAM::Role", id, name: id, arn: null }, gone: true },
    ]);
  });

  test("works from another region, and again from its recording", async () => {
    const region = "eu-central-1";
    await createRole("app", await createPolicy("Orders", allow("dynamodb:GetItem", "Orders")));
    await iam.send(new CreateUserCommand({ UserName: "ann", PermissionsBoundary: powerUser }));
    const answers = keepAnswers(isPassing);
    const { read } = await readings({ region, answers });
    expect(read).toHaveLength(3);
    const recordedAt = sessionOf().now;
    const file = printRecording({ toolVersion: "0", accountId, region, recordedAt, calls: answers.recorded() });
    const { calls } = parseRecording(file, "a.json");
    expect(await readings({ region, answers: replayAnswers(calls) })).toEqual({ read, calls: {} });
  });
});

wire("IAM's bulk listing in the emulator", ({ url }) => {
  const iam = new IAMClient(clientConfiguration(url));

  test("counts all kinds towards a page, and tells of AWS's own policies those attached", async () => {
    for (const UserName of ["ann", "bob"]) await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new CreateGroupCommand({ GroupName: "team" }));
    await iam.send(new AttachGroupPolicyCommand({ GroupName: "team", PolicyArn: readOnly }));
    const page = (MaxItems: number, Marker?: string) =>
      iam.send(new GetAccountAuthorizationDetailsCommand({ MaxItems, ...(Marker === undefined ? {} : { Marker }) }));
    const first = await page(3);
    expect([first.UserDetailList?.length, first.GroupDetailList?.length, first.IsTruncated]).toEqual([2, 1, true]);
    const second = await page(3, first.Marker);
    expect([second.UserDetailList, second.GroupDetailList, second.RoleDetailList]).toEqual([[], [], []]);
    expect(second.Policies).toMatchObject([{ Arn: readOnly, AttachmentCount: 1 }]);
    expect([second.IsTruncated, second.Marker]).toEqual([false, undefined]);
    expect("UserPolicyList" in (first.UserDetailList?.[0] ?? {})).toBe(false);
    await expect(page(1001)).rejects.toMatchObject({ name: "ValidationError" });
    await expect(page(3, "two")).rejects.toMatchObject({ name: "ValidationError" });

    const cli = ["iam", "get-account-authorization-details", "--region", "us-east-1", "--page-size", "1"];
    expect(await awsCli(url, cli)).toMatchObject({
      UserDetailList: [{ UserName: "ann" }, { UserName: "bob" }],
      GroupDetailList: [{ GroupName: "team" }],
      Policies: [{ Arn: readOnly }],
    });
  });

  test("counts a policy once that is attached twice", async () => {
    await iam.send(new CreateRoleCommand({ RoleName: "app", AssumeRolePolicyDocument: trust }));
    for (const PolicyArn of [readOnly, readOnly])
      await iam.send(new AttachRolePolicyCommand({ RoleName: "app", PolicyArn }));
    const { Policies } = await iam.send(new GetAccountAuthorizationDetailsCommand({}));
    expect(Policies).toMatchObject([{ Arn: readOnly, AttachmentCount: 1 }]);
  });

  test("hands documents out URL-encoded, as every other call does", async () => {
    await iam.send(new CreateRoleCommand({ RoleName: "app", AssumeRolePolicyDocument: trust }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: "app", PolicyArn: readOnly }));
    const { RoleDetailList, Policies } = await iam.send(new GetAccountAuthorizationDetailsCommand({}));
    const VersionId = Policies?.[0]?.DefaultVersionId;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn: readOnly, VersionId }));
    const documents = [
      RoleDetailList?.[0]?.AssumeRolePolicyDocument,
      Policies?.[0]?.PolicyVersionList?.[0]?.Document,
      PolicyVersion?.Document,
    ];
    for (const document of documents) expect(document).toMatch(/^%7B%22/);
    expect(decodeURIComponent(documents[0] ?? "")).toBe(trust);
  });
});
