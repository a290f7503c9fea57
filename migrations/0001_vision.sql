CREATE TABLE `job_results` (
	`job_id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`result` text NOT NULL
);
--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`key_id` text NOT NULL,
	`kind` text NOT NULL,
	`state` text DEFAULT 'queued' NOT NULL,
	`fence` integer DEFAULT 0 NOT NULL,
	`pool` text NOT NULL,
	`request_id` text NOT NULL,
	`request` text NOT NULL,
	`prompt` text,
	`seed` integer,
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
INSERT INTO `__new_jobs`("id", "project_id", "key_id", "kind", "state", "fence", "pool", "request_id", "request", "prompt", "seed", "model", "price_id", "picture_micros", "pictures", "steps", "reserved_micros", "charged_micros", "error", "created_at_ms", "started_at_ms", "finished_at_ms", "deadline_at_ms", "cancel_requested_at_ms", "erase_at_ms") SELECT "id", "project_id", "key_id", "kind", "state", "fence", "pool", "request_id", "request", "prompt", "seed", "model", "price_id", "picture_micros", "pictures", "steps", "reserved_micros", "charged_micros", "error", "created_at_ms", "started_at_ms", "finished_at_ms", "deadline_at_ms", "cancel_requested_at_ms", "erase_at_ms" FROM `jobs`;--> statement-breakpoint
DROP TABLE `jobs`;--> statement-breakpoint
ALTER TABLE `__new_jobs` RENAME TO `jobs`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `jobs_of_project` ON `jobs` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_of_project_in_state` ON `jobs` (`project_id`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_open` ON `jobs` (`deadline_at_ms`) WHERE "jobs"."finished_at_ms" IS NULL;--> statement-breakpoint
CREATE INDEX `jobs_to_erase` ON `jobs` (`erase_at_ms`) WHERE "jobs"."erase_at_ms" IS NOT NULL;--> statement-breakpoint
UPDATE `job_outputs` SET `maskReport` = json_set(json_remove(`maskReport`, '$.changedOutsidePixels'), '$.changedOutside', `maskReport` ->> '$.changedOutsidePixels') WHERE `maskReport` ->> '$.changedOutsidePixels' IS NOT NULL;
