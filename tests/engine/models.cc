#include "tests/engine/models.h"

namespace locus::engines {

EngineSpec shipped(const std::string& name) { return load_engine(LOCUS_MODELS "/engines/" + name + ".txtpb"); }

}  // namespace locus::engines
