# embed_web_app(FOLDER OUT_FOLDER OUT_VAR): the files of a built web app as sources of a program: the bytes by .incbin,
# gzip and brotli variants of text made here once, and a table that names them. Without a built web app the program
# says so on its page.
find_program(GZIP_PROGRAM gzip REQUIRED)
find_program(BROTLI_PROGRAM brotli REQUIRED)

function(embed_content_type file out)
  get_filename_component(ending ${file} LAST_EXT)
  set(types .html "text/html; charset=utf-8" .js "text/javascript; charset=utf-8" .css "text/css; charset=utf-8"
      .svg "image/svg+xml" .json "application/json" .webmanifest "application/manifest+json" .wasm "application/wasm"
      .woff2 "font/woff2" .png "image/png" .ico "image/x-icon" .txt "text/plain; charset=utf-8")
  list(FIND types "${ending}" at)
  if(at EQUAL -1)
    set(${out} "application/octet-stream" PARENT_SCOPE)
  else()
    math(EXPR at "${at} + 1")
    list(GET types ${at} type)
    set(${out} "${type}" PARENT_SCOPE)
  endif()
endfunction()

# The file's variant made by a compressor, only if it is worth having.
function(embed_variant file made program arguments ending out)
  set(target ${made}.${ending})
  if(NOT EXISTS ${target} OR ${file} IS_NEWER_THAN ${target})
    execute_process(COMMAND ${program} ${arguments} ${file} OUTPUT_FILE ${target} COMMAND_ERROR_IS_FATAL ANY)
  endif()
  file(SIZE ${file} before)
  file(SIZE ${target} after)
  if(after LESS before)
    set(${out} ${target} PARENT_SCOPE)
  else()
    set(${out} "" PARENT_SCOPE)
  endif()
endfunction()

function(embed_web_app folder out_folder out_var)
  file(MAKE_DIRECTORY ${out_folder})
  set(index ${folder}/index.html)
  if(NOT EXISTS ${index})
    set(index ${out_folder}/index.html)
    file(WRITE ${index} "<!doctype html>\n<html lang=\"en\" data-theme>\n<head><!--soundhub:head--></head>\n<body><!--soundhub:boot--><!--soundhub:first-view-->\n<p>This program was built without the web app; script/build makes both.</p></body>\n</html>\n")
    set(files "")
  else()
    file(GLOB_RECURSE files RELATIVE ${folder} CONFIGURE_DEPENDS ${folder}/*)
    list(REMOVE_ITEM files index.html)
    list(SORT files)
  endif()
  set(assembly "")
  set(table "")
  set(declared "")
  set(number 0)
  foreach(entry IN ITEMS :page: LISTS files)
    if(entry STREQUAL ":page:")
      set(path ${index})
    else()
      set(path ${folder}/${entry})
    endif()
    set(gzip "")
    set(brotli "")
    if(NOT entry STREQUAL ":page:" AND path MATCHES "\\.(js|css|svg|json|wasm|webmanifest|txt)$")
      embed_variant(${path} ${out_folder}/${number} ${GZIP_PROGRAM} "-9cn" gz gzip)
      embed_variant(${path} ${out_folder}/${number} ${BROTLI_PROGRAM} "-9c" br brotli)
    endif()
    set(views "")
    foreach(variant path gzip brotli)
      if(${variant})
        set(name sh_web_${number}_${variant})
        string(APPEND assembly ".global ${name}\n.global ${name}_end\n${name}:\n.incbin \"${${variant}}\"\n${name}_end:\n.byte 0\n")
        string(APPEND declared "extern const char ${name}[], ${name}_end[];\n")
        list(APPEND views "view(${name}, ${name}_end)")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
      else()
        list(APPEND views "std::string_view{}")
      endif()
    endforeach()
    if(entry STREQUAL ":page:")
      string(APPEND table "  app.index_html = std::string{view(sh_web_0_path, sh_web_0_path_end)};\n")
    else()
      file(SHA256 ${path} hash)
      string(SUBSTRING ${hash} 0 20 hash)
      embed_content_type(${path} type)
      string(REPLACE ";" ", " views "${views}")
      set(immutable false)
      if(entry MATCHES "^assets/")
        set(immutable true)
      endif()
      string(APPEND table "  app.files.push_back({\"/${entry}\", \"${type}\", ${views}, \"\\\"${hash}\\\"\", ${immutable}});\n")
    endif()
    math(EXPR number "${number} + 1")
  endforeach()
  file(CONFIGURE OUTPUT ${out_folder}/web_app.S CONTENT ".section .rodata\n${assembly}.section .note.GNU-stack,\"\",@progbits\n" @ONLY)
  file(CONFIGURE OUTPUT ${out_folder}/web_app.cpp @ONLY CONTENT "// Made by cmake/EmbedWebApp.cmake.
#include \"web_app.hpp\"

extern \"C\" {
${declared}}

namespace soundhub::app {
namespace {
std::string_view view(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }
}  // namespace

api::WebApp web_app() {
  api::WebApp app;
${table}  return app;
}

}  // namespace soundhub::app
")
  # The assembler doesn't tell what it includes.
  set_source_files_properties(${out_folder}/web_app.S PROPERTIES OBJECT_DEPENDS "${index}")
  set(${out_var} ${out_folder}/web_app.cpp ${out_folder}/web_app.S PARENT_SCOPE)
endfunction()
