// Prints the given names and surnames of every locale of @faker-js/faker as JSON, for scripts/make_name_lists.py:
// node scripts/faker_js_names.mjs FOLDER_OF_THE_PACKAGE > SOURCES/faker-js.json
const { allLocales } = await import(`${process.argv[2]}/dist/index.js`);
const names = { first: [], last: [] };
for (const { person } of Object.values(allLocales))
  for (const kind of ["first", "last"])
    for (const list of Object.values(person?.[`${kind}_name`] ?? {}))
      names[kind].push(...(list ?? []).map((each) => each.value ?? each));
console.log(JSON.stringify(names));
