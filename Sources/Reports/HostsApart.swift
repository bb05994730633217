/// Where accelerators are compared and each is fed by a host of its own: then a ratio may be the hosts' and not theirs.
enum HostsApart {
  /// What tells rows apart: what is varied, and the host where it is another without having been varied.
  static func keys(_ varied: [String], hosts: [String]) -> [String] {
    varied.contains("host") || Set(hosts).count < 2 ? varied : varied + ["host"]
  }

  /// What to know then; nothing where the hosts are one, or were varied.
  static func note(_ varied: [String], _ keys: [String]) -> [String] {
    keys.count == varied.count ? [] : ["each is fed by a host of its own; --host NAME gives all the same"]
  }
}
