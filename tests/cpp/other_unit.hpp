// A second unit that includes the header: its definitions must not clash.
#ifndef OTHER_UNIT_HPP
#define OTHER_UNIT_HPP

#include <string>

std::string version_of_other_unit();

#endif
