# What the Debian packages must be, whatever is built with them afterwards.
include_guard()

function(expect condition_text)
  if(NOT (${ARGN}))
    message(FATAL_ERROR "${condition_text}")
  endif()
endfunction()

function(field_of package field out)
  execute_process(
    COMMAND dpkg-deb --field "${package}" ${field}
    OUTPUT_VARIABLE value
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(${out} "${value}" PARENT_SCOPE)
endfunction()

# The package of that name in the directory, of which there is one.
function(find_package_file directory name out)
  file(GLOB found "${directory}/${name}_*.deb")
  list(LENGTH found count)
  expect("${count} packages ${name} in ${directory}" count EQUAL 1)
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# Unpacks all into one root, once each was found to hold what it is for.
function(unpack_packages directory root)
  foreach(name IN ITEMS libquartz0 libquartz-dev quartz-tools quartz-server)
    find_package_file("${directory}" ${name} file)
    run(dpkg-deb --extract "${file}" "${root}")
    field_of("${file}" Depends needs)
    if(NOT name STREQUAL "libquartz-dev")
      expect("${name} does not need librocksdb7.8: ${needs}" needs MATCHES "librocksdb7.8")
    else()
      expect("${name} does not need libquartz0: ${needs}" needs MATCHES "libquartz0 \\(=")
    endif()
  endforeach()
  find_package_file("${directory}" libquartz0 file)
  execute_process(
    COMMAND dpkg-deb --contents "${file}"
    OUTPUT_VARIABLE contents COMMAND_ERROR_IS_FATAL ANY)
  expect("libquartz0 holds what is for development" NOT contents MATCHES "\\.hpp|\\.a\n|libquartz\\.so ")
  run("${root}/usr/bin/quartz" --version)
  run("${root}/usr/bin/quartz-server" --version)
  expect("no systemd unit" EXISTS "${root}/usr/lib/systemd/system/quartz-server.service")
  foreach(file IN ITEMS man/man1/quartz.1.gz man/man8/quartz-server.8.gz bash-completion/completions/quartz
                        bash-completion/completions/quartz-server zsh/vendor-completions/_quartz
                        zsh/vendor-completions/_quartz-server fish/vendor_completions.d/quartz.fish
                        fish/vendor_completions.d/quartz-server.fish)
    expect("no package has ${file}" EXISTS "${root}/usr/share/${file}")
  endforeach()
endfunction()
