# What examples/esp-idf needs of ESP-IDF's build system: components are static libraries of the folders
# components/ and main/, each of which registers itself, and all of them become one program.

macro(idf_component_register)
    cmake_parse_arguments(COMPONENT "" "" "SRCS;INCLUDE_DIRS;PRIV_REQUIRES;REQUIRES" ${ARGN})
    add_library(${COMPONENT_NAME} STATIC ${COMPONENT_SRCS})
    target_include_directories(${COMPONENT_NAME} PUBLIC ${COMPONENT_INCLUDE_DIRS}
        PRIVATE ${SDK_INCLUDE_DIRS})
    foreach(other ${COMPONENT_PRIV_REQUIRES} ${COMPONENT_REQUIRES})
        if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/components/${other}) # the others are the SDK's own
            target_link_libraries(${COMPONENT_NAME} PUBLIC ${other})
        endif()
    endforeach()
endmacro()

macro(project name)
    _project(${name} LANGUAGES C)
    file(GLOB folders ${CMAKE_SOURCE_DIR}/components/*)
    foreach(folder ${folders} ${CMAKE_SOURCE_DIR}/main)
        get_filename_component(COMPONENT_NAME ${folder} NAME)
        add_subdirectory(${folder})
    endforeach()
endmacro()
