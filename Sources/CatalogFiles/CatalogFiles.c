// Nothing is compiled here: this target carries the catalog's folders into the build folder, beside the programs that
// read them. A Swift target with resources would link Foundation for its accessor: 34 MB of Unicode tables.
