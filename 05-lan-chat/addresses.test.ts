import type { NetworkInterfaceInfo } from "node:os";
import { expect } from "chai";
import { formatAddress, isLoopback, ownAddresses, parseAddress, parseDestination } from "./addresses.ts";

function ipv4(address: string, netmask: string, internal = false): NetworkInterfaceInfo {
  return { address, netmask, family: "IPv4", mac: "00:00:00:00:00:00", internal, cidr: null };
}

const INTERFACES = {
  lo: [
    ipv4("127.0.0.1", "255.0.0.0", true),
    {
      address: "::1",
      netmask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      family: "IPv6" as const,
      mac: "00:00:00:00:00:00",
      internal: true,
      cidr: "::1/128",
      scopeid: 0,
    },
  ],
  eth0: [ipv4("10.1.2.3", "255.255.255.0"), ipv4("10.1.2.4", "255.255.255.0")],
  wlan0: [ipv4("192.168.5.130", "255.255.255.192")],
  tun0: [ipv4("10.8.0.2", "255.255.255.255")],
  gone: undefined,
};

describe("addresses", () => {
  for (const [text, host, port] of [
    ["10.0.0.1:5000", "10.0.0.1", 5000],
    ["127.0.0.1:1", "127.0.0.1", 1],
    ["255.255.255.255:65535", "255.255.255.255", 65535],
    ["[::1]:5000", "::1", 5000],
    ["[fe80::1]:5000", "fe80::1", 5000],
  ] as const) {
    it(`reads ${text} and writes it again`, () => {
      expect(parseAddress(text)).to.deep.equal({ host, port });
      expect(formatAddress(host, port)).to.equal(text);
    });
  }

  for (const wrong of [
    "10.0.0.1",
    "10.0.0.1:",
    "10.0.0.1:0",
    "10.0.0.1:65536",
    "10.0.0.1:05000",
    "10.0.0.1:5e3",
    "10.0.0.1:+5",
    "10.0.0.1:5000 ",
    " 10.0.0.1:5000",
    "10.0.0.1:5000\n",
    "010.0.0.1:5000",
    "10.0.0.256:5000",
    "10.0.1:5000",
    "host:5000",
    "::1:5000",
    "[::1]",
    "[::01]:5000",
    "[0:0:0:0:0:0:0:1]:5000",
    "[FE80::1]:5000",
    "[fe80::1%eth0]:5000",
    "[10.0.0.1]:5000",
    "",
    5000,
    undefined,
    { host: "10.0.0.1" },
  ]) {
    it(`P8.6 refuses ${JSON.stringify(wrong)}`, () => {
      expect(parseAddress(wrong)).to.equal(undefined);
    });
  }

  it("takes a name for a host where a user says where to call", () => {
    expect(parseDestination("localhost:5000")).to.deep.equal({ host: "localhost", port: 5000 });
    expect(parseDestination("bobs-laptop.local:5001")?.host).to.equal("bobs-laptop.local");
    expect(parseDestination("[0:0::1]:5000")?.host).to.equal("::1");
    for (const wrong of ["localhost", ":5000", "a b:5000", "localhost:0", "[localhost]:5000"])
      expect(parseDestination(wrong), wrong).to.equal(undefined);
  });

  it("knows loopback", () => {
    for (const host of ["127.0.0.1", "127.255.255.255", "::1"]) expect(isLoopback(host), host).to.equal(true);
    for (const host of ["10.0.0.1", "127.example.org", "::2"]) expect(isLoopback(host), host).to.equal(false);
  });

  it("P8.1 with 0.0.0.0 every IPv4 address that is not internal is our own", () => {
    expect(ownAddresses("0.0.0.0", INTERFACES).map(({ host }) => host)).to.deep.equal([
      "10.1.2.3",
      "10.1.2.4",
      "192.168.5.130",
      "10.8.0.2",
    ]);
  });

  it("P8.1 with another host only that one is", () => {
    expect(ownAddresses("10.1.2.3", INTERFACES).map(({ host }) => host)).to.deep.equal(["10.1.2.3"]);
    expect(ownAddresses("::1", INTERFACES).map(({ host }) => host)).to.deep.equal(["::1"]);
  });

  it("P8.7 gives the directed broadcast address of each network", () => {
    const broadcasts = ownAddresses("0.0.0.0", INTERFACES).map(({ broadcast }) => broadcast);
    expect(broadcasts).to.deep.equal(["10.1.2.255", "10.1.2.255", "192.168.5.191", undefined]);
    for (const host of ["127.0.0.1", "127.0.0.5"])
      expect(ownAddresses(host, INTERFACES)[0]?.broadcast).to.equal("127.255.255.255");
    expect(ownAddresses("::1", INTERFACES)[0]?.broadcast).to.equal(undefined);
    expect(ownAddresses("172.16.0.1", INTERFACES)[0]?.broadcast).to.equal(undefined);
  });

  it("knows who is in the same network", () => {
    const [eth0, , wlan0, tun0] = ownAddresses("0.0.0.0", INTERFACES);
    expect(eth0?.isNear("10.1.2.200")).to.equal(true);
    expect(eth0?.isNear("10.1.3.200")).to.equal(false);
    expect(wlan0?.isNear("192.168.5.129")).to.equal(true);
    expect(wlan0?.isNear("192.168.5.127")).to.equal(false);
    expect(tun0?.isNear("10.8.0.2")).to.equal(true);
    expect(tun0?.isNear("10.8.0.1")).to.equal(false);
    expect(eth0?.isNear("::1")).to.equal(false);
  });
});
