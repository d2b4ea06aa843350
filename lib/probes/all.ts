/** Every call that the catalogue's rules make, asked once. */
import type { Session } from "../account/session.ts";
import { probeBackup, probeTags } from "./backup.ts";
import { probeDynamoDb } from "./dynamodb.ts";
import { probeEc2 } from "./ec2.ts";
import { probeIam } from "./iam.ts";
import type { Probe } from "./probe.ts";

/** One probe a call, those of a service together. Reads at most a page of one to five; writes and makes nothing. */
export async function probeCalls(session: Session): Promise<readonly Probe[]> {
  const services = [probeDynamoDb, probeBackup, probeTags, probeEc2, probeIam];
  return (await Promise.all(services.map((probe) => probe(session)))).flat();
}
