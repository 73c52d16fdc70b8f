import { expect } from "chai";
import { DROP_REASONS, type DropReason } from "./beacon-gate.ts";
import type { AddressReport, DoctorReport } from "./discovery.ts";
import { doctorLines, type Patient } from "./doctor.ts";

const PATIENT: Patient = { host: "0.0.0.0", port: 5000, team: "rocket", active: 0 };

function address(change: Partial<AddressReport> = {}): AddressReport {
  return {
    address: "10.0.0.1",
    broadcast: "10.0.0.255",
    sent: 20,
    failed: {},
    joined: true,
    isHeardByOurselves: true,
    heardShared: 0,
    heardOwnPort: 0,
    ...change,
  };
}

function report(
  change: Partial<DoctorReport> = {},
  dropped: Partial<Record<DropReason, number>> = {},
): DoctorReport {
  const none = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;
  return {
    port: 5000,
    sharedProblem: undefined,
    addresses: [address()],
    heardElsewhere: 0,
    accepted: 0,
    dropped: { ...none, ...dropped },
    ...change,
  };
}

/** Only what to try. */
function tries(said: DoctorReport | undefined, patient: Partial<Patient> = {}): string {
  const lines = doctorLines(said, { ...PATIENT, ...patient });
  return lines.filter((line) => line.startsWith("try: ")).join("\n");
}

describe("what /doctor says", () => {
  it("what was sent and heard, on each own address", () => {
    const two = report({
      accepted: 1,
      heardElsewhere: 2,
      addresses: [
        address({ heardShared: 7, heardOwnPort: 3 }),
        address({
          address: "10.1.0.1",
          broadcast: undefined,
          sent: 0,
          failed: { "ENETUNREACH to 239.255.54.45": 4 },
          joined: "ENODEV",
          isHeardByOurselves: false,
        }),
      ],
    });
    expect(doctorLines(two, { ...PATIENT, active: 1 })).to.deep.equal([
      "doctor: port 5000, team rocket: 1 beacon of others heard, 0 datagrams dropped (/stats says why)",
      "doctor: 10.0.0.1 (broadcast 10.0.0.255): sent 20; heard 7 on port 54545, 3 on our own",
      "doctor: 10.1.0.1: sent 0, could not send ENETUNREACH to 239.255.54.45: 4; heard 0 on port 54545, 0 on our own; not in the group (ENODEV); our own beacons do not come back",
      "doctor: 2 beacons from other networks",
    ]);
  });

  it("has nothing to advise when peers are active and nothing is dropped", () => {
    expect(tries(report({ accepted: 5 }), { active: 2 })).to.equal("");
  });

  it("advises by the reasons for which datagrams were dropped", () => {
    const reasons: [DropReason, RegExp][] = [
      ["token", /same passphrase and --team/],
      ["time", /clocks/],
      ["team", /another team than rocket/],
      ["address", /VPN or a NAT/],
      ["rate", /floods/],
      ["full", /\/remove/],
    ];
    for (const [reason, line] of reasons) {
      expect(tries(report({}, { [reason]: 1 }), { active: 1 }), reason).to.match(line);
      expect(tries(report(), { active: 1 }), reason).not.to.match(line);
    }
  });

  it("advises who hears nobody: firewall, guest network, a way around", () => {
    expect(tries(report())).to.match(/--team rocket[\s\S]*guest network[\s\S]*--peer HOST:PORT/);
    expect(tries(report())).not.to.match(/firewall/);
    const deaf = report({ addresses: [address({ isHeardByOurselves: false })] });
    expect(tries(deaf)).to.match(/firewall has to let UDP 54545 and 5000, TCP 5000 in/);
    expect(tries(report({ accepted: 3 }))).to.match(/silent now/);
    expect(tries(report(), { host: "127.0.0.1" }))
      .to.match(/--host 0\.0\.0\.0/)
      .and.not.to.match(/guest/);
    expect(tries(report(), { host: "fd00::1" })).to.match(/--peer \[ADDRESS\]:PORT/);
    expect(tries(report({ addresses: [] }))).to.match(/no network/);
    expect(tries(report({ sharedProblem: "EADDRINUSE" }))).to.match(/54545 cannot be used \(EADDRINUSE\)/);
    expect(tries(report({ addresses: [address({ sent: 0, failed: { EPERM: 1 } })] }))).to.match(
      /nothing can be sent/,
    );
  });

  it("knows when discovery is off", () => {
    expect(doctorLines(undefined, PATIENT).join("\n")).to.match(/--no-discovery[\s\S]*\/connect HOST:PORT/);
  });
});
