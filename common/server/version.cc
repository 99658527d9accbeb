#include "common/server/version.h"

namespace leadstream::server {

const char* Version() { return LEADSTREAM_VERSION; }

}  // namespace leadstream::server
