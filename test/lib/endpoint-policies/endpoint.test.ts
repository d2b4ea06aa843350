import { describe, expect, it } from "vitest";
import { dynamodbServiceOf } from "../../../lib/endpoint-policies/endpoint.ts";
import { partitionOf } from "../../../lib/endpoint-policies/partition.ts";

describe("the service behind an endpoint", () => {
  it.each([
    ["com.amazonaws.us-east-1.dynamodb", "dynamodb", "us-east-1"],
    ["com.amazonaws.us-gov-west-1.dynamodb-fips", "dynamodb", "us-gov-west-1"],
    ["com.amazonaws.eu-west-1.dynamodb-streams", "dynamodb-streams", "eu-west-1"],
    ["cn.com.amazonaws.cn-north-1.dynamodb-streams", "dynamodb-streams", "cn-north-1"],
  ])("%s is %s in %s", (serviceName, service, region) => {
    expect(dynamodbServiceOf(serviceName)).toEqual({ service, region });
  });

  it.each([
    "com.amazonaws.us-east-1.s3",
    "com.amazonaws.us-east-1.dax",
    "com.amazonaws.us-east-1.dynamodb-like",
    "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f67890",
    "dynamodb",
  ])("%s is none of DynamoDB's", (serviceName) => {
    expect(dynamodbServiceOf(serviceName)).toBeNull();
  });
});

it.each([
  ["us-east-1", "aws"],
  ["eu-central-1", "aws"],
  ["cn-northwest-1", "aws-cn"],
  ["us-gov-east-1", "aws-us-gov"],
  ["us-iso-west-1", "aws-iso"],
  ["us-isob-east-1", "aws-iso-b"],
  ["eu-isoe-west-1", "aws-iso-e"],
  ["us-isof-south-1", "aws-iso-f"],
  ["eusc-de-east-1", "aws-eusc"],
])("%s is in the partition %s", (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});
