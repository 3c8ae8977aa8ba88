#include "other_unit.hpp"

#include <scwkms.hpp>

std::string version_of_other_unit() {
  try {
    scwkms::validate_name("");
  } catch (const scwkms::Error&) {
    return std::string(scwkms::version());
  }
  return "an empty name is valid";
}
