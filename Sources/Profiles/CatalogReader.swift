import JSONText

/// What is wrong with a profile of a catalog.
package struct CatalogFault: Sendable, Equatable {
  /// The sort of profile: `accelerator`.
  package let what: String
  /// What it would be called.
  package let named: Named
  /// What is wrong.
  package let fault: ProfileFault
}

/// Reads the folders of a catalog, and notes what is wrong instead of stopping there.
struct CatalogReader {
  /// The folders of each root, first searched first.
  let roots: [[String]]
  /// What is wrong so far.
  private(set) var faults: [CatalogFault] = []
  /// What was left out so far.
  private(set) var skipped: [SkippedFile] = []

  init(roots: [[String]]) { self.roots = roots }

  /// A profile and where it is from.
  private struct Found<Profile> {
    let profile: Profile
    let named: Named
    let path: String
  }

  /// Reads the profiles of one sort.
  ///
  /// - Parameters:
  ///   - folder: The folder below each of the roots' folders.
  ///   - what: The sort, for faults.
  ///   - named: What a profile is called.
  ///   - read: Reads one.
  /// - Returns: Those that are right, by name; of one name, that of the earliest root.
  mutating func read<Profile>(
    _ folder: String, what: String, named: (Profile) -> Named, read: (JSONDocument) throws(JSONFault) -> Profile
  ) -> [Profile] {
    var profiles: [(name: String, profile: Profile)] = []
    var taken: Set<String> = []
    for root in roots {
      var found: [Found<Profile>] = []
      var wrong: [CatalogFault] = []
      for path in files(of: root, folder, what) {
        do throws(ProfileFault) {
          let profile = try ProfileCatalog.readDocument(path, read)
          found.append(Found(profile: profile, named: named(profile), path: path))
        } catch {
          wrong.append(CatalogFault(what: what, named: Self.name(ofWrongFile: path), fault: error))
        }
      }
      wrong += Self.clashes(in: found, what)
      let refused = Set(wrong.map(\.named.name))
      for entry in found where !refused.contains(entry.named.name) && !taken.contains(entry.named.name) {
        profiles.append((entry.named.name, entry.profile))
      }
      faults += wrong.filter { !taken.contains($0.named.name) }
      taken.formUnion(found.map(\.named.name) + refused)
    }
    return profiles.sorted { $0.name < $1.name }.map(\.profile)
  }

  private mutating func files(of root: [String], _ folder: String, _ what: String) -> [String] {
    var paths: [String] = []
    for directory in root {
      let path = directory + "/" + folder
      do throws(FileFault) {
        let listing = try FolderListing(of: path, suffix: ".json")
        skipped += listing.skipped
        paths += listing.files.map { path + "/" + $0 }
      } catch .notFound, .notDirectory {
        continue
      } catch {
        // What is in a folder that cannot be read is not left out in silence.
        faults.append(CatalogFault(what: what, named: Named(name: ""), fault: .file(error)))
      }
    }
    return paths
  }

  /// The names that two profiles claim.
  private static func clashes<Profile>(in found: [Found<Profile>], _ what: String) -> [CatalogFault] {
    var clashes: [CatalogFault] = []
    var owners: [String: String] = [:]
    for entry in found {
      for name in Set([entry.named.name] + entry.named.aliases).sorted() {
        guard let owner = owners[name] else {
          owners[name] = entry.path
          continue
        }
        clashes.append(
          CatalogFault(
            what: what, named: Named(name: name), fault: .clash(what: what, name: name, files: [owner, entry.path])))
      }
    }
    return clashes
  }

  /// What a file that is wrong would be called: by what its beginning says, or by its own name.
  private static func name(ofWrongFile path: String) -> Named {
    let stem = String((path.split(separator: "/").last ?? "").dropLast(".json".count)).lowercased()
    var entry = ProfileIndex.Entry(path: path)
    if let bytes = try? readFileBytes(path, limit: 1 << 20) { try? ProfileIndex.read(bytes, into: &entry) }
    guard !entry.name.isEmpty else { return Named(name: stem) }
    return Named(name: entry.name.lowercased(), aliases: entry.aliases + [stem], vendor: entry.vendor)
  }
}
