// expect: duet::taylor: series of lanes do not exist
#include <duet/batch/lanes_math.hpp>
#include <duet/forward/taylor.hpp>
duet::taylor<duet::lanes<double>, 3> const x;
