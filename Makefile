# What `sam build` calls: puts what Lambda unpacks into $(ARTIFACTS_DIR). Maven runs only if a source is newer than its
# zip. GNU make 3.81, which macOS has, must understand this.
SHELL := bash

VERSION := $(shell sed -n 's:^  <version>\(.*\)</version>:\1:p' pom.xml)
SHARED := pom.xml shared/pom.xml $(shell find shared/src/main functions/lambda functions/lambda-assembly.xml -type f)
GENERATE := functions/generate-handler
WORKER := functions/worker-handler
GENERATE_ZIP := $(GENERATE)/target/generate-handler-$(VERSION).zip
WORKER_ZIP := $(WORKER)/target/worker-handler-$(VERSION).zip

package = source scripts/_jdk.sh && use_jdk && need_mvn && mvn -B -q -pl $(1) -am -DskipTests -Dspotless.check.skip -Djacoco.skip -Denforcer.skip package && touch $@
unpack = source scripts/_jdk.sh && use_jdk && mkdir -p "$(ARTIFACTS_DIR)" && cd "$(ARTIFACTS_DIR)" && jar -xf "$(CURDIR)/$<"

zips: $(GENERATE_ZIP) $(WORKER_ZIP)

$(GENERATE_ZIP): $(SHARED) $(GENERATE)/pom.xml $(shell find $(GENERATE)/src/main -type f)
	$(call package,$(GENERATE))

$(WORKER_ZIP): $(SHARED) $(WORKER)/pom.xml $(shell find $(WORKER)/src/main -type f)
	$(call package,$(WORKER))

build-GenerateFunction: $(GENERATE_ZIP)
	$(unpack)

build-WorkerFunction build-JobSweepFunction build-CacheWarmingFunction: $(WORKER_ZIP)
	$(unpack)

.PHONY: zips build-GenerateFunction build-WorkerFunction build-JobSweepFunction build-CacheWarmingFunction
