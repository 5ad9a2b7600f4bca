# cmake -DFOLDER=… -DOUT=… -P EmbedMigrations.cmake: writes the numbered SQL files into a source file.
file(GLOB files RELATIVE ${FOLDER} ${FOLDER}/[0-9][0-9][0-9][0-9]_*.sql)
list(FILTER files EXCLUDE REGEX "\\.postgres\\.sql$")
list(SORT files)
list(LENGTH files count)
set(steps "")
foreach(file IN LISTS files)
  file(READ ${FOLDER}/${file} text)
  string(APPEND steps "    {\"${file}\", R\"migration_sql(${text})migration_sql\"},\n")
endforeach()
file(WRITE ${OUT} "// Made from migrations/ by EmbedMigrations.cmake.
#include <array>

#include \"soundhub/storage/migrations.hpp\"

namespace soundhub::storage {
namespace {
constexpr std::array<Migration, ${count}> steps{{
${steps}}};
}  // namespace

std::span<const Migration> migrations() { return steps; }

}  // namespace soundhub::storage
")
