/** Reads of KMS keys. */
import { DescribeKeyCommand, GetKeyRotationStatusCommand, type KeyMetadata, KMSClient } from "@aws-sdk/client-kms";
import { lastFour } from "../annotation.ts";
import type { Fact } from "../rule.ts";
import { malformed, read } from "./fact.ts";
import type { Session } from "./session.ts";

/** A KMS key in KMS's own words. */
export interface KmsKey {
  readonly keyArn: string;
  /** `AWS` or `CUSTOMER`: the one source for telling an AWS managed from a customer managed key. */
  readonly keyManager: string;
  readonly keyState: string;
  readonly deletionDate: Date | null;
  readonly customKeyStoreId: string | null;
  /** Of a multi-Region key: the primary, which holds the rotation setting of all its replicas. */
  readonly primaryKeyArn: string | null;
  /** Null where rotation was not asked for, or where there is none for this kind of key. */
  readonly rotates: Fact<boolean> | null;
}

/** Reads each key once, however many tables share it. A value of null: KMS knows no such key.
 * @param askRotation whether to read the rotation of customer managed keys too */
export function keyReader(session: Session, askRotation: boolean): (keyArn: string) => Promise<Fact<KmsKey | null>> {
  const keys = new Map<string, Promise<Fact<KmsKey | null>>>();
  return (keyArn) => {
    const key = keys.get(keyArn) ?? readKey(session, keyArn, askRotation);
    keys.set(keyArn, key);
    return key;
  };
}

// By ARN only: describing the alias aws/dynamodb can create the key behind it.
async function readKey(session: Session, keyArn: string, askRotation: boolean): Promise<Fact<KmsKey | null>> {
  const subject = `key ${lastFour(keyArn)}`;
  const metadata = await read("kms:DescribeKey", subject, async () => {
    try {
      return (await clientFor(session, keyArn).send(new DescribeKeyCommand({ KeyId: keyArn }))).KeyMetadata ?? {};
    } catch (error) {
      if (error instanceof Error && error.name === "NotFoundException") return null;
      throw error;
    }
  });
  if ("unread" in metadata || metadata.value === null) return metadata as Fact<null>;
  const { KeyManager, KeyState, DeletionDate, CustomKeyStoreId, MultiRegionConfiguration } =
    metadata.value as KeyMetadata;
  if (KeyManager !== "AWS" && KeyManager !== "CUSTOMER") {
    return { unread: malformed("kms:DescribeKey", subject, "AWS or CUSTOMER as KeyManager") };
  }
  if (KeyState === undefined) return { unread: malformed("kms:DescribeKey", subject, "KeyState") };
  const mayRotate = askRotation && hasRotation(metadata.value as KeyMetadata);
  return {
    value: {
      keyArn,
      keyManager: KeyManager,
      keyState: KeyState,
      deletionDate: DeletionDate ?? null,
      customKeyStoreId: CustomKeyStoreId ?? null,
      primaryKeyArn: MultiRegionConfiguration?.PrimaryKey?.Arn ?? null,
      rotates: mayRotate ? await readRotation(session, keyArn, subject) : null,
    },
  };
}

// Asymmetric keys, imported material and custom key stores have no automatic rotation (KMS developer guide). What the
// answer leaves out is asked for: KMS then says UnsupportedOperationException.
function hasRotation({ KeyManager, KeySpec, Origin, CustomKeyStoreId }: KeyMetadata): boolean {
  if (KeyManager !== "CUSTOMER" || CustomKeyStoreId !== undefined) return false;
  return (KeySpec ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT" && (Origin ?? "AWS_KMS") === "AWS_KMS";
}

async function readRotation(session: Session, keyArn: string, subject: string): Promise<Fact<boolean> | null> {
  const rotation = await read("kms:GetKeyRotationStatus", subject, async () => {
    try {
      const status = await clientFor(session, keyArn).send(new GetKeyRotationStatusCommand({ KeyId: keyArn }));
      return { enabled: status.KeyRotationEnabled };
    } catch (error) {
      if (error instanceof Error && error.name === "UnsupportedOperationException") return null;
      throw error;
    }
  });
  if ("unread" in rotation) return rotation;
  if (rotation.value === null) return null;
  const { enabled } = rotation.value;
  if (enabled === undefined) return { unread: malformed("kms:GetKeyRotationStatus", subject, "KeyRotationEnabled") };
  return { value: enabled };
}

// A key lives in the region of its ARN, which is a replica's where the table is global.
function clientFor(session: Session, keyArn: string): KMSClient {
  return session.client(KMSClient, keyArn.split(":")[3]);
}
