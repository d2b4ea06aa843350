import { DescribeKeyCommand, GetKeyRotationStatusCommand, type KeyMetadata, KMSClient } from "@aws-sdk/client-kms";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keyReader } from "../../../lib/account/keys.ts";
import { awsError, denied, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(KMSClient);
let kms: ReturnType<typeof mock>;
beforeEach(() => {
  kms = mock();
  kms.on(GetKeyRotationStatusCommand).resolves({ KeyRotationEnabled: true });
});
afterEach(() => kms.restore());

const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/0a1b9c02";
const customer: KeyMetadata = {
  KeyId: "0a1b9c02",
  KeyManager: "CUSTOMER",
  KeyState: "Enabled",
  KeySpec: "SYMMETRIC_DEFAULT",
  Origin: "AWS_KMS",
};
const told = {
  keyArn,
  keyManager: "CUSTOMER",
  keyState: "Enabled",
  deletionDate: null,
  customKeyStoreId: null,
  primaryKeyArn: null,
  rotates: null,
};
const unread = (call: string, message: string, lasting = true) => ({
  unread: { call, message: `on key ...9c02 ${message}`, lasting },
});
const describing = (message: string, lasting = true) => unread("kms:DescribeKey", message, lasting);
const rotation = (message: string, lasting = true) => unread("kms:GetKeyRotationStatus", message, lasting);

describe("a key in KMS's words", () => {
  const date = new Date("2026-01-10T00:00:00.000Z");
  const primary = "arn:aws:kms:us-east-1:123456789012:key/mrk-1";
  const cases: Record<string, [metadata: KeyMetadata | undefined, fact: object]> = {
    "a customer managed key": [customer, { value: told }],
    "an AWS managed key": [{ ...customer, KeyManager: "AWS" }, { value: { ...told, keyManager: "AWS" } }],
    "a key that will be deleted": [
      { ...customer, KeyState: "PendingDeletion", DeletionDate: date },
      { value: { ...told, keyState: "PendingDeletion", deletionDate: date } },
    ],
    "a key of a custom key store": [
      { ...customer, CustomKeyStoreId: "cks-1" },
      { value: { ...told, customKeyStoreId: "cks-1" } },
    ],
    "a replica of a multi-Region key": [
      {
        ...customer,
        MultiRegionConfiguration: { MultiRegionKeyType: "REPLICA", PrimaryKey: { Arn: primary, Region: "us-east-1" } },
      },
      { value: { ...told, primaryKeyArn: primary } },
    ],
    "a state that is not known yet": [
      { ...customer, KeyState: "Melted" as "Enabled" },
      { value: { ...told, keyState: "Melted" } },
    ],
    "an answer without metadata": [undefined, describing("answered without AWS or CUSTOMER as KeyManager")],
    "an answer without manager": [
      { KeyId: "a", KeyState: "Enabled" },
      describing("answered without AWS or CUSTOMER as KeyManager"),
    ],
    "a manager that nobody knows": [
      { ...customer, KeyManager: "PARTNER" as "AWS" },
      describing("answered without AWS or CUSTOMER as KeyManager"),
    ],
    "an answer without state": [{ KeyId: "a", KeyManager: "CUSTOMER" }, describing("answered without KeyState")],
  };
  for (const [sentence, [metadata, fact]] of Object.entries(cases)) {
    it(sentence, async () => {
      kms.on(DescribeKeyCommand).resolves(metadata === undefined ? {} : { KeyMetadata: metadata });
      expect(await keyReader(sessionOf(), false)(keyArn)).toEqual(fact);
      expect(kms.commandCalls(DescribeKeyCommand).map(({ args }) => args[0].input)).toEqual([{ KeyId: keyArn }]);
    });
  }

  const failures: Record<string, [error: Error, fact: object]> = {
    "a key that does not exist": [awsError("NotFoundException", "Key does not exist"), { value: null }],
    "a refusal": [
      denied("kms:DescribeKey", keyArn, "because no resource-based policy allows the kms:DescribeKey action"),
      describing("was denied. Allow it to role/dynamodb-table-encryption in the key's policy"),
    ],
    throttling: [awsError("ThrottlingException"), describing("was throttled past the retries", false)],
    "a failure within KMS": [
      awsError("KMSInternalException", "", 500),
      describing("failed on AWS's side (500 KMSInternalException)", false),
    ],
  };
  for (const [sentence, [error, fact]] of Object.entries(failures)) {
    it(sentence, async () => {
      kms.on(DescribeKeyCommand).rejects(error);
      expect(await keyReader(sessionOf(), true)(keyArn)).toEqual(fact);
      expect(kms.commandCalls(GetKeyRotationStatusCommand)).toEqual([]);
    });
  }
});

describe("rotation", () => {
  const rotates = (fact: object | null) => ({ value: { ...told, rotates: fact } });
  const answers: Record<string, [answer: { KeyRotationEnabled?: boolean } | Error, fact: object]> = {
    "is on": [{ KeyRotationEnabled: true }, rotates({ value: true })],
    "is off": [{ KeyRotationEnabled: false }, rotates({ value: false })],
    "is not for this kind of key": [awsError("UnsupportedOperationException"), rotates(null)],
    "is not in the answer": [{}, rotates(rotation("answered without KeyRotationEnabled"))],
    "was refused": [
      denied("kms:GetKeyRotationStatus", keyArn, "with an explicit deny in a service control policy"),
      rotates(rotation("was denied. A service control policy forbids it")),
    ],
    "was throttled": [awsError("ThrottlingException"), rotates(rotation("was throttled past the retries", false))],
  };
  for (const [sentence, [answer, fact]] of Object.entries(answers)) {
    it(sentence, async () => {
      kms.on(DescribeKeyCommand).resolves({ KeyMetadata: customer });
      const asked = kms.on(GetKeyRotationStatusCommand);
      if (answer instanceof Error) asked.rejects(answer);
      else asked.resolves(answer);
      expect(await keyReader(sessionOf(), true)(keyArn)).toEqual(fact);
      expect(kms.commandCalls(GetKeyRotationStatusCommand).map(({ args }) => args[0].input)).toEqual([
        { KeyId: keyArn },
      ]);
    });
  }

  const { KeySpec: _spec, Origin: _origin, ...terse } = customer;
  const kinds: Record<string, [metadata: KeyMetadata, ask: boolean, asked: number]> = {
    "asked of a symmetric customer managed key": [customer, true, 1],
    "asked where the answer leaves out what kind it is": [terse, true, 1],
    "not asked where nobody demands it": [customer, false, 0],
    "not asked of an AWS managed key": [{ ...customer, KeyManager: "AWS" }, true, 0],
    "not asked of an asymmetric key": [{ ...customer, KeySpec: "RSA_4096" }, true, 0],
    "not asked of imported material": [{ ...customer, Origin: "EXTERNAL" }, true, 0],
    "not asked of a custom key store": [{ ...customer, Origin: "AWS_CLOUDHSM", CustomKeyStoreId: "cks-1" }, true, 0],
  };
  for (const [sentence, [metadata, ask, asked]] of Object.entries(kinds)) {
    it(`is ${sentence}`, async () => {
      kms.on(DescribeKeyCommand).resolves({ KeyMetadata: metadata });
      const key = await keyReader(sessionOf(), ask)(keyArn);
      expect(kms.commandCalls(GetKeyRotationStatusCommand)).toHaveLength(asked);
      expect(key).toMatchObject({ value: { rotates: asked === 1 ? { value: true } : null } });
    });
  }
});

describe("a reader of keys", () => {
  it("reads each key once, however many tables share it at the same time", async () => {
    kms.on(DescribeKeyCommand).resolves({ KeyMetadata: customer });
    const readKey = keyReader(sessionOf(), true);
    const other = keyArn.replace("9c02", "7a41");
    const keys = await Promise.all(Array.from({ length: 300 }, (_, at) => readKey(at % 2 === 0 ? keyArn : other)));
    expect(new Set(keys).size).toBe(2);
    expect(kms.commandCalls(DescribeKeyCommand).map(({ args }) => args[0].input)).toEqual([
      { KeyId: keyArn },
      { KeyId: other },
    ]);
    expect(kms.commandCalls(GetKeyRotationStatusCommand)).toHaveLength(2);
  });

  it("asks the region of the key's ARN, and the session's where an id has none", async () => {
    kms.on(DescribeKeyCommand).resolves({ KeyMetadata: customer });
    const readKey = keyReader(sessionOf(), false);
    await readKey(keyArn);
    await readKey("0a1b9c02");
    const regions = kms
      .commandCalls(DescribeKeyCommand)
      .map(({ thisValue }) => (thisValue as KMSClient).config.region());
    expect(await Promise.all(regions)).toEqual(["eu-central-1", "us-east-1"]);
  });
});
