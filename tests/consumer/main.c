#include <quartz/quartz.h>

int main(void) {
  quartz_engine* engine = NULL;
  quartz_value* value = NULL;
  if (quartz_engine_open("data", NULL, &engine) != NULL) return 1;
  if (quartz_engine_put(engine, NULL, quartz_text("key"), quartz_text("value"), NULL) != NULL)
    return 2;
  if (quartz_engine_get(engine, NULL, NULL, quartz_text("key"), &value) != NULL) return 3;
  if (value == NULL || quartz_value_bytes(value).size != 5) return 4;
  quartz_value_destroy(value);
  quartz_engine_destroy(engine);
  return 0;
}
