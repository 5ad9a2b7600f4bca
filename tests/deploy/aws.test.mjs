// SPDX-License-Identifier: AGPL-3.0-or-later
// The AWS templates: held to AWS's own schemas, to what they promise about access, and to the settings SoundHub knows.
// Nothing here talks to AWS.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import yaml from "js-yaml";
import { soundhub } from "../e2e/harness.mjs";
import { root } from "./stack.mjs";
import { lint, parse } from "./template.mjs";

const read = (path) => readFileSync(join(root, "deploy", path), "utf8");
const text = read("aws/soundhub.yaml");
const fresh = () => parse(text);
const { Resources: resources } = fresh();
let folder;

before(() => (folder = mkdtempSync(join(tmpdir(), "soundhub-aws-"))));
after(() => rmSync(folder, { recursive: true, force: true }));

test("the template has nothing that AWS's schemas don't know, and refers to nothing that isn't there", () => {
  assert.deepEqual(lint(fresh()), []);
});

test("the check of templates notices mistakes of each kind", () => {
  const mistakes = [
    [(t) => (t.Resources.Files.Properties.VersioningConfig = {}), /Files: there is no property VersioningConfig/],
    [(t) => delete t.Resources.Hosts.Properties.MaxSize, /Hosts: MaxSize is missing/],
    [(t) => (t.Resources.Files.Properties.VersioningConfiguration.Status = "On"), /On is none of/],
    [(t) => (t.Resources.Database.Type = "AWS::RDS::Databases"), /there is no type/],
    [(t) => (t.Resources.Balancer.Properties.SecurityGroups = [{ Ref: "Nobody" }]), /there is no Nobody/],
    [(t) => (t.Resources.Record.Properties.AliasTarget.DNSName = { "Fn::GetAtt": ["Balancer", "Name"] }), /no attribute Name/],
    [(t) => (t.Resources.Hosts.DependsOn = ["Nothing"]), /depends on Nothing/],
    [(t) => (t.Resources.Files.Condition = "Sometimes"), /there is no condition Sometimes/],
    [(t) => (t.Parameters.Unused = { Type: "String" }), /parameter Unused is not used/],
    [(t) => (t.Resources.Targets.Properties.Port = "http"), /Port: should be a number/],
  ];
  for (const [break_, expected] of mistakes) {
    const template = fresh();
    break_(template);
    assert.match(lint(template).join("\n"), expected);
  }
});

test("hosts may do what SoundHub does, in their own bucket prefix and with their own secrets, and nothing else", () => {
  const statements = resources.HostsRole.Properties.Policies.flatMap((policy) => policy.PolicyDocument.Statement);
  assert.equal(resources.HostsRole.Properties.ManagedPolicyArns, undefined);
  const anywhere = ["cloudwatch:PutMetricData", "ecr:GetAuthorizationToken", "ssm:UpdateInstanceInformation"];
  for (const statement of statements) {
    const actions = [statement.Action].flat();
    for (const action of actions) assert.doesNotMatch(action, /\*/, `${statement.Sid} names each action`);
    if (statement.Resource === "*") {
      assert.ok(actions.every((action) => anywhere.includes(action) || action.startsWith("ssmmessages:")), `${statement.Sid} has to name its resource`);
    }
  }
  const files = statements.find(({ Sid }) => Sid === "OwnFiles");
  assert.match(files.Resource["Fn::Sub"][0], /\$\{Bucket\}\/soundhub\/\*$/);
  const secrets = statements.find(({ Sid }) => Sid === "OwnSecrets").Resource;
  assert.deepEqual(secrets[0], { Ref: "DatabaseSecret" });
});

test("database and files are private, encrypted, and outlive the stack", () => {
  const { Properties: database, DeletionPolicy } = resources.Database;
  assert.equal(DeletionPolicy, "Snapshot");
  for (const wanted of ["MultiAZ", "StorageEncrypted", "DeletionProtection"]) assert.equal(database[wanted], true, wanted);
  assert.equal(database.PubliclyAccessible, false);
  assert.ok(database.BackupRetentionPeriod >= 7);
  assert.equal(resources.DatabaseParameters.Properties.Parameters["rds.force_ssl"], "1");
  const [only, ...others] = resources.DatabaseGroup.Properties.SecurityGroupIngress;
  assert.deepEqual([only.SourceSecurityGroupId, others], [{ "Fn::GetAtt": ["HostsGroup", "GroupId"] }, []]);

  const { Properties: files, DeletionPolicy: kept } = resources.Files;
  assert.equal(kept, "Retain");
  assert.ok(Object.values(files.PublicAccessBlockConfiguration).every((blocked) => blocked === true));
  assert.equal(files.VersioningConfiguration.Status, "Enabled");
  assert.ok(files.LifecycleConfiguration.Rules.some((rule) => rule.AbortIncompleteMultipartUpload));
});

test("hosts are asked for /readyz by the balancer, reached from it alone, and :80 only leads to :443", () => {
  assert.equal(resources.Targets.Properties.HealthCheckPath, "/readyz");
  const [only, ...others] = resources.HostsGroup.Properties.SecurityGroupIngress;
  assert.deepEqual([only.SourceSecurityGroupId, others], [{ "Fn::GetAtt": ["BalancerGroup", "GroupId"] }, []]);
  const [action] = resources.PlainListener.Properties.DefaultActions;
  assert.deepEqual([action.Type, action.RedirectConfig.Protocol], ["redirect", "HTTPS"]);
});

/** The script a new host runs, with something in place of what is known only when it is deployed. */
function hostScript() {
  const [script, given] = resources.HostsTemplate.Properties.LaunchTemplateData.UserData["Fn::Base64"]["Fn::Sub"];
  const mail = given.MailSettings["Fn::If"][1]["Fn::Join"][1].map((line) => (typeof line === "string" ? line : line["Fn::Sub"]));
  const values = {
    MailSettings: mail.join("\n"),
    SmtpUrl: "smtp://mail.example.org:587",
    MailFrom: "soundhub@example.org",
    DomainName: "soundhub.example.org",
    "AWS::Region": "ap-northeast-2",
  };
  const fill = (line) => line.replace(/\$\{([^!}][^}]*)\}/g, (whole, name) => (name in values ? fill(values[name]) : name.toLowerCase().replace(/\W+/g, "-")));
  return fill(script).replaceAll("${!", "${");
}

const writtenTo = (script, path) => script.split(`cat >${path} <<'END'\n`)[1].split("\nEND\n")[0];

function runnable(name, content) {
  writeFileSync(join(folder, name), content);
  chmodSync(join(folder, name), 0o755);
  return join(folder, name);
}

test("the script that makes a host parses, and so do those it writes", () => {
  const script = hostScript();
  const scripts = [script, writtenTo(script, "/usr/local/sbin/soundhub-before"), writtenTo(script, "/usr/local/sbin/soundhub-queue")];
  for (const content of scripts) execFileSync("bash", ["-n"], { input: content });
  for (const path of readdirSync(join(root, "deploy/aws/beanstalk/.platform/hooks"), { recursive: true }).filter((name) => name.endsWith(".sh"))) {
    execFileSync("bash", ["-n", join(root, "deploy/aws/beanstalk/.platform/hooks", path)]);
  }
});

const metrics = `# TYPE soundhub_jobs gauge
soundhub_jobs{kind="ingest",state="queued"} 7
soundhub_jobs{kind="render",state="running"} 2
soundhub_jobs{kind="ingest",state="done"} 400
soundhub_jobs_oldest_seconds{kind="ingest"} 12.5
soundhub_jobs_oldest_seconds{kind="render"} 90.25
`;

test("what is told to CloudWatch about the queue is what /metrics says", () => {
  runnable("curl", `#!/bin/sh\ncat <<'END'\n${metrics}END\n`);
  runnable("docker", "#!/bin/sh\necho 172.17.0.2\n");
  runnable("aws", '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  const hook = read("aws/beanstalk/.platform/hooks/postdeploy/10_queue.sh");
  const scripts = [
    writtenTo(hostScript(), "/usr/local/sbin/soundhub-queue"),
    writtenTo(hook, "/usr/local/sbin/soundhub-queue").replace("$(/opt/elasticbeanstalk/bin/get-config container -k environment_name)", "test"),
  ];
  for (const [i, content] of scripts.entries()) {
    const told = execFileSync(runnable(`queue-${i}`, content), { env: { PATH: `${folder}:${process.env.PATH}` }, encoding: "utf8" });
    assert.match(told, /MetricName=JobsWaiting,Value=9,/);
    assert.match(told, /MetricName=OldestJobSeconds,Value=90.25,/);
  }
});

/** Runs check-config in exactly these surroundings. */
function accepted(environment) {
  const variables = { ...environment };
  for (const name of Object.keys(variables).filter((key) => key.endsWith("_FILE"))) {
    variables[name] = join(folder, name);
    writeFileSync(variables[name], "a secret\n");
  }
  return execFileSync(soundhub, ["check-config"], { env: variables, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

const onlySoundhub = (environment) => Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith("SOUNDHUB_")));

test("the settings in the templates are settings that SoundHub has", () => {
  const ofHost = Object.fromEntries(writtenTo(hostScript(), "/etc/soundhub/environment").split("\n").filter(Boolean).map((line) => line.split(/=(.*)/s).slice(0, 2)));
  accepted(onlySoundhub(ofHost));

  const beanstalk = yaml.load(read("aws/beanstalk/.ebextensions/soundhub.config")).option_settings;
  const secrets = Object.keys(beanstalk["aws:elasticbeanstalk:application:environmentsecrets"]);
  accepted({ ...onlySoundhub(beanstalk["aws:elasticbeanstalk:application:environment"]), ...Object.fromEntries(secrets.map((name) => [name, "x"])) });

  const compose = yaml.load(read("compose.yaml")).services.soundhub.environment;
  accepted({ ...onlySoundhub(compose), SOUNDHUB_PUBLIC_URL: "https://soundhub.example.org" });

  assert.throws(() => accepted({ ...onlySoundhub(ofHost), SOUNDHUB_DATABSE: "x" }), "a typo would be noticed");
});

test("nginx's settings in the templates and on the page are those that deploy/render knows", () => {
  const names = [text, read("aws/beanstalk/.ebextensions/soundhub.config"), read("compose.yaml"), read("compose.tls.yaml"), read("Dockerfile")]
    .flatMap((file) => [...file.matchAll(/^\s*(NGINX_[A-Z_]+)[:=]/gm)].map((match) => match[1]))
    .concat(read("../docs/deploy.md").match(/\bNGINX_[A-Z]\w+/g));
  const known = execFileSync(join(root, "deploy/render"), ["--help"], { encoding: "utf8" });
  assert.ok(names.length >= 5);
  for (const name of names) assert.ok(known.includes(name), `${name} is in the manual`);
  assert.throws(() => execFileSync(join(root, "deploy/render"), { env: { PATH: process.env.PATH, RUNTIME: folder, NGINX_HTP_PORT: "1" }, stdio: "pipe" }), /there is no setting NGINX_HTP_PORT/);
});

test("compose: secrets, volumes and networks that are used are declared; only SoundHub is reachable, and its root is read-only", () => {
  const { services, secrets, volumes, networks } = yaml.load(read("compose.yaml"));
  for (const [name, service] of Object.entries(services)) {
    for (const secret of service.secrets ?? []) assert.ok(secret in secrets, `${name}: ${secret}`);
    for (const volume of service.volumes ?? []) assert.ok(volume.split(":")[0] in volumes, `${name}: ${volume}`);
    for (const network of service.networks) assert.ok(network in networks, `${name}: ${network}`);
    for (const other of Object.keys(service.depends_on ?? {})) assert.ok(other in services, `${name}: ${other}`);
    assert.equal(service.ports !== undefined, name === "soundhub");
  }
  assert.equal(services.soundhub.read_only, true);
  assert.deepEqual(services.soundhub.cap_drop, ["ALL"]);
  assert.equal(networks.back.internal, true);
});

test("compose: no default and no complaint is empty, which Debian's podman-compose would leave as it stands", () => {
  assert.doesNotMatch(read("compose.yaml") + read("compose.tls.yaml"), /\$\{\w+:?[-?]\}/);
});
