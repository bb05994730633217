/// The script of a report: choices, values under the pointer, and the timeline's zoom.
///
/// It is `page.js`, which the compiler puts into the program, and builds no markup from text.
enum PageScript {
  static let text = String(decoding: PackageResources.page_js.dropLast(), as: UTF8.self)
}
