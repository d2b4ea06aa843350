import { DescribeVpcEndpointsCommand, EC2Client, ModifyVpcEndpointCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import type { VpcEndpointFacts } from "../../lib/account/endpoint-readings.ts";
import { openSession, type Session } from "../../lib/account/session.ts";
import { isEvaluation } from "../../lib/judge.ts";
import { parseParameters } from "../../lib/parameters.ts";
import type { Outcome, Scope } from "../../lib/rule.ts";
import { endpointPolicy } from "../../lib/rules/dynamodb-endpoint-policy.ts";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { networkOf, seedNetwork } from "../../scripts/emulator/sample-network.ts";
import { policy, statement } from "../fakes/vpc-endpoint-facts.ts";
import { outcomesOf, wholeAccount } from "../outcomes.ts";
import { applyMend } from "./iam-account.ts";
import { wire } from "./wire.ts";

const region = "us-east-1";
const accountId = "123456789012";
const ownTables = `arn:aws:dynamodb:${region}:${accountId}:table/*`;
const onlyOwn = { StringEquals: { "aws:PrincipalAccount": accountId, "aws:ResourceAccount": accountId } };

function session(): Session {
  return openSession({ accountId, region, now: new Date() });
}

function scan(raw: object = {}, scope: Scope = wholeAccount, opened = session()): Promise<readonly Outcome[]> {
  return outcomesOf(endpointPolicy, opened, raw, scope);
}

/** Verdicts by the endpoint's name. */
function verdicts(outcomes: readonly Outcome[]): Record<string, string> {
  return Object.fromEntries(
    outcomes.map((outcome) => [
      outcome.resource?.name,
      isEvaluation(outcome) ? outcome.complianceType : outcome.unread.message,
    ]),
  );
}

wire("dynamodb-endpoint-policy against the emulator", ({ url }) => {
  const ec2 = new EC2Client(clientConfiguration(url, region));
  const network = networkOf(ec2);

  /** An endpoint in a VPC of its own; with EC2's own policy where none is given.
   * @param service as in `dynamodb-streams`, which has interface endpoints only */
  async function makeEndpoint(name: string, document?: object, service = "dynamodb"): Promise<string> {
    const VpcId = await network.createVpc(name, "10.9.0.0/16");
    const PolicyDocument = document === undefined ? {} : { PolicyDocument: JSON.stringify(document) };
    const isInterface = service === "dynamodb-streams";
    const where = isInterface
      ? { SubnetIds: [await network.createSubnet(VpcId, name, "10.9.1.0/24")] }
      : { RouteTableIds: [await network.mainRouteTable(VpcId)] };
    const VpcEndpointType = isInterface ? "Interface" : "Gateway";
    const id = await network.createEndpoint({ VpcId, VpcEndpointType, ...where, ...PolicyDocument }, service);
    await network.name(id, name);
    return id;
  }

  it("judges the sample account's endpoints, every verdict by default, none unread", async () => {
    await seedNetwork(url);
    const outcomes = await scan();
    expect(verdicts(outcomes)).toEqual({
      shop: "COMPLIANT",
      "shop-streams": "NON_COMPLIANT",
      "shop-s3": "NOT_APPLICABLE",
      analytics: "NON_COMPLIANT",
    });
    const reasons = outcomes.filter(isEvaluation).flatMap((one) => one.reasons.map(({ code }) => [code, one.severity]));
    expect(reasons.sort()).toEqual([
      ["foreignTable", "HIGH"],
      ["fullAccess", "MEDIUM"],
    ]);
  });

  it("finds nothing in a region without endpoints", async () => {
    expect(await scan()).toEqual([]);
  });

  it("judges the endpoint of a change, and finds a deleted one gone", async () => {
    const ids = [await makeEndpoint("orders"), "vpce-0a1b2c3d4e5f67890"];
    await makeEndpoint("others");
    const scope: Scope = {
      kind: "resources",
      resources: ids.map((id) => ({ type: "AWS::EC2::VPCEndpoint", id })),
    };
    const opened = session();
    expect(verdicts(await scan({}, scope, opened))).toEqual({
      orders: "NON_COMPLIANT",
      "vpce-0a1b2c3d4e5f67890": "NOT_APPLICABLE",
    });
    expect(Object.fromEntries(opened.calls)).toEqual({ "ec2:DescribeVpcEndpoints": 1 });
  });

  it("sets apart the endpoints that carry the exempting tag", async () => {
    await makeEndpoint("sandbox-7");
    await makeEndpoint("orders");
    const outcomes = await scan({ exemptResourceTag: "Name=sandbox-*" });
    expect(verdicts(outcomes)).toEqual({ "sandbox-7": "NOT_APPLICABLE", orders: "NON_COMPLIANT" });
  });

  it("trusts accounts and organizations that it is told", async () => {
    const partner = "444455556666";
    const both = { "aws:PrincipalAccount": [accountId, partner], "aws:ResourceAccount": [accountId, partner] };
    await makeEndpoint("partner", policy(statement({ condition: { StringEquals: both } })));
    const org = { "aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5" };
    await makeEndpoint("organization", policy(statement({ condition: { StringEquals: org } })));
    const none = { partner: "NON_COMPLIANT", organization: "NON_COMPLIANT" };
    expect(verdicts(await scan())).toEqual(none);
    expect(verdicts(await scan({ trustedAccounts: partner }))).toEqual({ ...none, partner: "COMPLIANT" });
    expect(verdicts(await scan({ trustedOrgIds: "o-a1b2c3d4e5" }))).toEqual({ ...none, organization: "COMPLIANT" });
  });

  it("reads 50 endpoints in one call, the one that its permissions declare", async () => {
    for (let index = 0; index < 50; index++) {
      await makeEndpoint(`vpc-${index}`, index % 2 === 0 ? policy(statement({ condition: onlyOwn })) : undefined);
    }
    const opened = session();
    const found = Object.values(verdicts(await scan({}, wholeAccount, opened)));
    expect(found.filter((verdict) => verdict === "COMPLIANT")).toHaveLength(25);
    expect(found.filter((verdict) => verdict === "NON_COMPLIANT")).toHaveLength(25);
    expect(Object.fromEntries(opened.calls)).toEqual({ "ec2:DescribeVpcEndpoints": 1 });
    expect([...opened.calls.keys()]).toEqual(endpointPolicy.permissions.map(({ action }) => action));
  });

  describe("after its mend", () => {
    const faults: Record<string, { parameters?: object; service?: string; policy?: object }> = {
      "an endpoint with the policy of a new one": {},
      "an endpoint with the policy of a new one, where others are trusted": {
        parameters: { trustedAccounts: "444455556666", trustedOrgIds: "o-a1b2c3d4e5" },
      },
      "an endpoint that lets anybody on own tables": { policy: policy(statement({ resource: ownTables })) },
      "an endpoint that lets own principals on anybody's tables": {
        policy: policy(statement({ condition: { StringEquals: { "aws:PrincipalAccount": accountId } } })),
      },
      "an endpoint that lets in a foreign account among own ones": {
        policy: policy(
          statement({ condition: { StringEquals: { "aws:PrincipalAccount": [accountId, "444455556666"] } } }),
        ),
      },
      "an endpoint of DynamoDB Streams with the policy of a new one": { service: "dynamodb-streams" },
    };

    it.each(Object.entries(faults))(
      "%s complies, and is as the mend promised",
      async (_name, { parameters: raw = {}, service, policy: document }) => {
        await makeEndpoint("orders", document, service);
        const parameters = parseParameters(endpointPolicy.parameters, raw, "parameters");
        const promised = endpointPolicy.mend(await factsOf(raw), parameters);
        const [violation, ...others] = (await scan(raw)).filter(isEvaluation);
        if (violation === undefined || !("after" in promised)) throw new Error("no violation, or one with a choice");
        expect([violation.complianceType, others]).toEqual(["NON_COMPLIANT", []]);
        await applyMend(url, violation.mend?.steps ?? []);
        expect(verdicts(await scan(raw))).toEqual({ orders: "COMPLIANT" });
        expect(asEvaluated(await factsOf(raw))).toEqual(asEvaluated(promised.after));
      },
    );

    async function factsOf(raw: object): Promise<VpcEndpointFacts> {
      const parameters = parseParameters(endpointPolicy.parameters, raw, "parameters");
      for await (const reading of endpointPolicy.collect(session(), wholeAccount, parameters)) {
        if ("facts" in reading) return reading.facts;
      }
      throw new Error("no endpoint");
    }

    /** The facts without the time, and with what the policy says and not how. */
    function asEvaluated({ endpoint, ...facts }: VpcEndpointFacts): unknown {
      return { ...facts, now: 0, endpoint: { ...endpoint, policyDocument: JSON.parse(endpoint.policyDocument ?? "") } };
    }
  });
});

wire("the emulator's endpoint policies", ({ url }) => {
  const ec2 = new EC2Client(clientConfiguration(url, region));
  const network = networkOf(ec2);

  it("are full access where none is given, and replaced whole", async () => {
    const VpcEndpointId = await network.createGatewayEndpoint(await network.createVpc("orders", "10.9.0.0/16"), []);
    expect(await policyOf(VpcEndpointId)).toEqual({ Version: "2008-10-17", Statement: [statement()] });
    const PolicyDocument = JSON.stringify(policy(statement({ condition: onlyOwn })));
    await ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, PolicyDocument }));
    expect(await policyOf(VpcEndpointId)).toEqual(JSON.parse(PolicyDocument));
  });

  it("that are no JSON, or too long, are refused", async () => {
    const VpcId = await network.createVpc("orders", "10.9.0.0/16");
    const VpcEndpointId = await network.createGatewayEndpoint(VpcId, []);
    const refused = expect.objectContaining({ name: "InvalidPolicyDocument" });
    for (const PolicyDocument of ["{", JSON.stringify(policy(statement({ sid: "s".repeat(20_480) })))]) {
      await expect(ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, PolicyDocument }))).rejects.toEqual(refused);
      await expect(network.createEndpoint({ VpcId, PolicyDocument })).rejects.toEqual(refused);
    }
    expect((await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints).toHaveLength(1);
  });

  async function policyOf(id: string): Promise<unknown> {
    const { VpcEndpoints } = await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    return JSON.parse(VpcEndpoints?.[0]?.PolicyDocument ?? "");
  }
});
