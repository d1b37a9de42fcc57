# Writes OUTPUT from version.cc.in, and touches it only if what it says has changed. Run by every build (cmake -P), so that a commit is noticed
# without configuring again; needs no git and no checkout ("unknown" then).
set(LOCUS_COMMIT unknown)
if(EXISTS ${SOURCE}/.git)
  find_program(GIT git)
  if(GIT)
    # Without optional locks: a build must not get in the way of a commit made at the same time.
    execute_process(
      COMMAND ${GIT} --no-optional-locks -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
      OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
    if(status EQUAL 0)
      set(LOCUS_COMMIT ${described})
    endif()
  endif()
endif()
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
