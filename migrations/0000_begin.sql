CREATE TABLE `assets` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`key_id` text NOT NULL,
	`object_key` text NOT NULL,
	`sha256` text,
	`size_bytes` integer,
	`mime` text,
	`width` integer,
	`height` integer,
	`created_at_ms` integer NOT NULL,
	`finalized_at_ms` integer,
	`erase_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `assets_of_project` ON `assets` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `assets_awaited` ON `assets` (`created_at_ms`) WHERE "assets"."finalized_at_ms" IS NULL;--> statement-breakpoint
CREATE INDEX `assets_to_erase` ON `assets` (`erase_at_ms`) WHERE "assets"."erase_at_ms" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `budgets` (
	`project_id` text NOT NULL,
	`holder_id` text NOT NULL,
	`cap_micros` integer,
	`spent_micros` integer DEFAULT 0 NOT NULL,
	`reserved_micros` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`project_id`, `holder_id`),
	CONSTRAINT "budgets_spent" CHECK("budgets"."spent_micros" BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "budgets_reserved" CHECK("budgets"."reserved_micros" BETWEEN 0 AND 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE `counters` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `idempotency_records` (
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`project_id` text NOT NULL,
	`request_hash` text NOT NULL,
	`claim_id` text NOT NULL,
	`resource_id` text NOT NULL,
	`locked_until_ms` integer NOT NULL,
	`answer` text,
	`expires_at_ms` integer NOT NULL,
	PRIMARY KEY(`scope`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_records_ended` ON `idempotency_records` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `job_outputs` (
	`job_id` text NOT NULL,
	`position` integer NOT NULL,
	`project_id` text NOT NULL,
	`object_key` text NOT NULL,
	`sha256` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`mime` text NOT NULL,
	`width` integer NOT NULL,
	`height` integer NOT NULL,
	`maskReport` text,
	PRIMARY KEY(`job_id`, `position`)
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`key_id` text NOT NULL,
	`kind` text NOT NULL,
	`state` text DEFAULT 'queued' NOT NULL,
	`fence` integer DEFAULT 0 NOT NULL,
	`pool` text NOT NULL,
	`request_id` text NOT NULL,
	`request` text NOT NULL,
	`prompt` text NOT NULL,
	`seed` integer NOT NULL,
	`model` text NOT NULL,
	`price_id` text NOT NULL,
	`picture_micros` integer NOT NULL,
	`pictures` integer NOT NULL,
	`steps` integer NOT NULL,
	`reserved_micros` integer NOT NULL,
	`charged_micros` integer DEFAULT 0 NOT NULL,
	`error` text,
	`created_at_ms` integer NOT NULL,
	`started_at_ms` integer,
	`finished_at_ms` integer,
	`deadline_at_ms` integer NOT NULL,
	`cancel_requested_at_ms` integer,
	`erase_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `jobs_of_project` ON `jobs` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_of_project_in_state` ON `jobs` (`project_id`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_open` ON `jobs` (`deadline_at_ms`) WHERE "jobs"."finished_at_ms" IS NULL;--> statement-breakpoint
CREATE INDEX `jobs_to_erase` ON `jobs` (`erase_at_ms`) WHERE "jobs"."erase_at_ms" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `keys` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`identity_id` text NOT NULL,
	`name` text NOT NULL,
	`environment` text NOT NULL,
	`pepper_version` integer NOT NULL,
	`digest` text NOT NULL,
	`scopes` text NOT NULL,
	`models` text,
	`limits` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer,
	`revoked_at_ms` integer,
	`disabled_at_ms` integer,
	`replaced_by_id` text
);
--> statement-breakpoint
CREATE INDEX `keys_of_project` ON `keys` (`project_id`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`topic` text NOT NULL,
	`subject_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`sent_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `outbox_unsent` ON `outbox` (`created_at_ms`) WHERE "outbox"."sent_at_ms" IS NULL;--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`retention_ms` integer
);
--> statement-breakpoint
CREATE TABLE `usage` (
	`job_id` text NOT NULL,
	`item` text NOT NULL,
	`project_id` text NOT NULL,
	`key_id` text NOT NULL,
	`kind` text NOT NULL,
	`price_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`micros` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`exported_at_ms` integer,
	PRIMARY KEY(`job_id`, `item`)
);
--> statement-breakpoint
CREATE INDEX `usage_of_project` ON `usage` (`project_id`,`at_ms`);--> statement-breakpoint
CREATE INDEX `usage_to_export` ON `usage` (`at_ms`) WHERE "usage"."exported_at_ms" IS NULL;--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`outbox_id` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`last_status` integer,
	`last_error` text,
	`created_at_ms` integer NOT NULL,
	`next_attempt_at_ms` integer,
	`delivered_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_once` ON `webhook_deliveries` (`endpoint_id`,`outbox_id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_of_endpoint` ON `webhook_deliveries` (`project_id`,`endpoint_id`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_due` ON `webhook_deliveries` (`next_attempt_at_ms`) WHERE "webhook_deliveries"."next_attempt_at_ms" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `webhook_endpoints` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`url` text NOT NULL,
	`topics` text NOT NULL,
	`secrets` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`disabled_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `webhook_endpoints_of_project` ON `webhook_endpoints` (`project_id`,`id`);