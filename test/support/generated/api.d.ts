// Generated from the OpenAPI document. `npm run generate:client` writes it anew.

export interface paths {
    "/.well-known/organizations/{organizationId}/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public keys of an organization's webhooks
         * @description None where no webhook of it asks for asymmetric signatures.
         */
        get: operations["signingKey_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/actuator/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as readiness */
        get: operations["health_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/actuator/health/liveness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process runs */
        get: operations["health_liveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/actuator/health/readiness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process can do its work: the database answers */
        get: operations["health_readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How to sign in, and where SDKs find this server: as it is set, else where the caller found it */
        get: operations["application_settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/approvalRecords": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Approvals that the caller is to review, or has submitted, newest first */
        get: operations["approvalRecord_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/approvalRecords/total": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many approvals the caller is to review */
        get: operations["approvalRecord_total"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One delivery with what was sent and how each try went */
        get: operations["delivery_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends the delivery's event again at once, as a new delivery with all its tries before it */
        post: operations["delivery_redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dictionaries/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The value kept under a key; 400 `not_found` when there is none */
        get: operations["dictionary_get"];
        put?: never;
        /** Keeps any JSON, a number or `false` too, under a key */
        post: operations["dictionary_put"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The feed of changes, which is the audit log */
        get: operations["event_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The feed, live, as server-sent events
         * @description Each message is unnamed, so that `onmessage` gets it; its id is the event's id, its data an event as the list has it. Begins now, after `Last-Event-ID`, or after `after`. Ends when the caller may no longer listen.
         */
        get: operations["eventStream_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a session with account and password */
        post: operations["login_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The members, newest first */
        get: operations["member_list"];
        put?: never;
        /**
         * Takes in new members, all or none
         * @description For owners.
         */
        post: operations["member_create"];
        /**
         * Deletes a member
         * @description For owners.
         */
        delete: operations["member_delete"];
        options?: never;
        head?: never;
        /** Changes a member's password or role, for owners, or one's own nickname */
        patch: operations["member_update"];
        trace?: never;
    };
    "/api/members/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller */
        get: operations["member_current"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/members/modifyPassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes the caller's own password; the answer's header `token` carries the one session that goes on */
        patch: operations["member_modifyPassword"];
        trace?: never;
    };
    "/api/members/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One member by account, a deleted one too */
        get: operations["member_query"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/misc/sdk/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The version of an SDK, as a JSON string; "null" for a key that is none of an SDK */
        get: operations["misc_sdkVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Projects, newest first */
        get: operations["project_list"];
        put?: never;
        /** Makes a project with one environment, `online` */
        post: operations["project_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One project */
        get: operations["project_get"];
        put?: never;
        post?: never;
        /** Deletes a project with all its environments; its key and name stay taken */
        delete: operations["project_delete"];
        options?: never;
        head?: never;
        /** Changes the name or description of a project */
        patch: operations["project_update"];
        trace?: never;
    };
    "/api/projects/{projectKey}/approvalSettings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which environments demand approvals, and by whom */
        get: operations["approvalSettings_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes the settings of the environments that are mentioned */
        patch: operations["approvalSettings_update"];
        trace?: never;
    };
    "/api/projects/{projectKey}/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user attributes that the project's rules are meant to use, oldest first */
        get: operations["attribute_list"];
        put?: never;
        /** Makes an attribute; one that is there already is answered as it is */
        post: operations["attribute_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The project's campaigns, newest first */
        get: operations["campaign_list"];
        put?: never;
        /** Makes a draft, at any completeness */
        post: operations["campaign_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/campaigns/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One campaign */
        get: operations["campaign_get"];
        put?: never;
        post?: never;
        /** Deletes a campaign that is a draft, finished or closed */
        delete: operations["campaign_delete"];
        options?: never;
        head?: never;
        /**
         * Changes a draft or a paused campaign
         * @description A paused one has to stay complete and right. Its trigger’s type can’t change; once it has begun to send, neither can its steps, its mode, the time of `ONCE`, or the event, occurrence and start of `TRIGGERED`.
         */
        patch: operations["campaign_update"];
        trace?: never;
    };
    "/api/projects/{projectKey}/campaigns/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Ends it for good: what has not gone out is canceled */
        patch: operations["campaign_close"];
        trace?: never;
    };
    "/api/projects/{projectKey}/campaigns/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Stops it for a while: no run begins */
        patch: operations["campaign_pause"];
        trace?: never;
    };
    "/api/projects/{projectKey}/campaigns/{id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Puts a draft online, or says all that is wrong with it
         * @description It is `NOT_STARTED` until its first run has begun, which may be at once.
         */
        patch: operations["campaign_publish"];
        trace?: never;
    };
    "/api/projects/{projectKey}/campaigns/{id}/recipients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of each user
         * @description By run, the newest first, and then in the order in which users are sent to.
         */
        get: operations["run_recipients"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/campaigns/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Lets it go on
         * @description A `ONCE` campaign whose time came while it was paused runs at once; a `RECURRING` one runs at its next time. Where nothing is left to do, it is `FINISHED`.
         */
        patch: operations["campaign_resume"];
        trace?: never;
    };
    "/api/projects/{projectKey}/campaigns/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The runs of a campaign, the newest first */
        get: operations["run_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/campaigns/{id}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a campaign fared, over all of its runs */
        get: operations["run_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Environments of a project, oldest first */
        get: operations["environment_list"];
        put?: never;
        /** Makes an environment */
        post: operations["environment_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One environment */
        get: operations["environment_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes the name of an environment, or its SDK keys */
        patch: operations["environment_update"];
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What SDKs reported to whoever watches as `uuid` since the last call */
        get: operations["eventTracker_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/events/tracker-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Has SDKs report each evaluation for half an hour, or stops that */
        patch: operations["eventTracker_switch"];
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/offline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Takes an environment offline: SDKs no longer see it */
        patch: operations["environment_takeOffline"];
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Brings an environment back that was taken offline */
        patch: operations["environment_restore"];
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether SDKs have evaluated the toggle
         * @description Any `sdkType` will do: upstream's UI names some that upstream doesn't know.
         */
        get: operations["traffic_access"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/metric": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The metric that the toggle's variations are compared by */
        get: operations["metric_get"];
        put?: never;
        /** Makes the metric, or replaces it */
        post: operations["metric_save"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/metric/analysis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the variations did by the metric */
        get: operations["metric_analysis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/metric/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why an analysis has nothing to say */
        get: operations["metric_diagnosis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/metric/iterations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The times in which access events were collected, newest first */
        get: operations["metric_iterations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/metric/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the metric's events have come in
         * @description Any `sdkType` will do: upstream's UI names some that upstream doesn't know.
         */
        get: operations["metric_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the toggle serves in the environment; while an approval is under way, what it is to serve */
        get: operations["targeting_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Publishes a change of what the toggle serves in the environment */
        patch: operations["targeting_publish"];
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/approval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Submits a change for approval */
        post: operations["approval_submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/approvalStatus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Passes, rejects, revokes the approval, or jumps it: publishes without waiting for reviewers */
        patch: operations["approval_decide"];
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * User attributes that a toggle's rules look at
         * @description Each once, in the order they first occur: those of the rules, then those of the segments that the rules refer to.
         */
        get: operations["usedAttributes_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the change under way would change */
        get: operations["approval_diff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/prerequisite/dependencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The toggles in use that depend on the toggle in the environment, newest first */
        get: operations["prerequisite_dependents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/prerequisite/toggles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The other toggles in use, newest first: what the toggle may depend on */
        get: operations["prerequisite_candidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/sketch/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Gives the change up, whether it was approved or not */
        patch: operations["approval_cancel"];
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/sketch/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Publishes the change that was approved */
        patch: operations["approval_publish"];
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the toggle served in the environment, version by version, newest first */
        get: operations["targeting_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions from this one on, newest first */
        get: operations["targeting_versionsFrom"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/traffic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often each variation was served */
        get: operations["traffic_traffic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/environments/exists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says whether a key or name is free; 400 `conflict` when it is taken */
        get: operations["environment_exists"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Profiles, newest gid first */
        get: operations["profile_list"];
        put?: never;
        /** Makes a profile, or changes the one with this gid or userId */
        post: operations["profile_put"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/profiles/{gid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One profile, with what happened */
        get: operations["profile_get"];
        put?: never;
        post?: never;
        /** Removes a profile, its events and their counts */
        delete: operations["profile_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/profiles/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in what users did: all of it, or nothing */
        post: operations["profile_track"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/profiles/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes and changes many profiles
         * @description A file of any size: NDJSON with one profile a line, or CSV with a header row that names `gid`, `userId` or both, and attributes, all of which are text; an empty cell is not given. It may come with `Content-Encoding: gzip`. A row that can’t be taken is counted and named, and the others go on. Rows are written while the file comes, so where it breaks off, those that came stay.
         */
        post: operations["profileImport_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The project's segments, newest first */
        get: operations["segment_list"];
        put?: never;
        /** Makes a segment without rules */
        post: operations["segment_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/segments/{segmentKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One segment */
        get: operations["segment_get"];
        put?: never;
        post?: never;
        /** Deletes a segment that no toggle refers to; its key stays taken */
        delete: operations["segment_delete"];
        options?: never;
        head?: never;
        /** Changes a segment, but not its rules */
        patch: operations["segment_update"];
        trace?: never;
    };
    "/api/projects/{projectKey}/segments/{segmentKey}/audience": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many profiles are in a segment now, and some of them */
        get: operations["profile_audience"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/segments/{segmentKey}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Replaces a segment's rules, in all environments at once */
        patch: operations["segment_publish"];
        trace?: never;
    };
    "/api/projects/{projectKey}/segments/{segmentKey}/toggles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Toggles that use a segment
         * @description Everything that keeps it from being deleted: archived toggles and environments too.
         */
        get: operations["segmentUsage_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/segments/{segmentKey}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A segment's rules as they were published, newest first */
        get: operations["segment_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/segments/exists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a key or name is free: 200 if it is, `conflict` if not */
        get: operations["segment_exists"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tags that toggles of the project may have, oldest first */
        get: operations["tag_list"];
        put?: never;
        /** Makes a tag; one that is there already is answered as it is */
        post: operations["tag_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/toggles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The project's toggles, newest first; with an environment, as they are there */
        get: operations["toggle_list"];
        put?: never;
        /** Makes a toggle, disabled in every environment */
        post: operations["toggle_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{projectKey}/toggles/{toggleKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One toggle */
        get: operations["toggle_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes what later environments begin with, and what the toggle is called */
        patch: operations["toggle_update"];
        trace?: never;
    };
    "/api/projects/{projectKey}/toggles/{toggleKey}/offline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Archives the toggle: SDKs no longer get it */
        patch: operations["toggle_takeOffline"];
        trace?: never;
    };
    "/api/projects/{projectKey}/toggles/{toggleKey}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Brings an archived toggle back as it was */
        patch: operations["toggle_restore"];
        trace?: never;
    };
    "/api/projects/{projectKey}/toggles/exists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a key or name is free: 200 if it is, `conflict` if not */
        get: operations["toggle_exists"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/exists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says whether a key or name is free; 400 `conflict` when it is taken */
        get: operations["project_exists"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The organization's APPLICATION tokens and the caller's own PERSON tokens, newest first */
        get: operations["accessToken_list"];
        put?: never;
        /**
         * Makes a token
         * @description The answer is the only place where its value ever appears.
         */
        post: operations["accessToken_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One token */
        get: operations["accessToken_get"];
        put?: never;
        post?: never;
        /** Ends a token at once: a PERSON token for its owner, an APPLICATION token for owners of the organization */
        delete: operations["accessToken_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/exists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says whether a name is free; 400 `conflict` when it is taken */
        get: operations["accessToken_exists"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/touchpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The touchpoints of the organization, the newest first */
        get: operations["touchpoint_list"];
        put?: never;
        /** Makes a touchpoint: enabled, authorised for no project */
        post: operations["touchpoint_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/touchpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One touchpoint */
        get: operations["touchpoint_get"];
        put?: never;
        post?: never;
        /** Deletes a disabled touchpoint; the log of its deliveries stays */
        delete: operations["touchpoint_delete"];
        options?: never;
        head?: never;
        /** Changes what the body names and keeps the rest, while the touchpoint is disabled */
        patch: operations["touchpoint_update"];
        trace?: never;
    };
    "/api/touchpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A touchpoint's requests, newest first */
        get: operations["touchpointDelivery_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/touchpoints/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Switches it off, so that it may be edited or deleted
         * @description Refused while campaigns use it that are running, paused, not started, to be published or in approval.
         */
        patch: operations["touchpoint_disable"];
        trace?: never;
    };
    "/api/touchpoints/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Lets campaigns pick it and requests go to it */
        patch: operations["touchpoint_enable"];
        trace?: never;
    };
    "/api/touchpoints/{id}/options/{param}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The values of an ENUM parameter
         * @description Those that come from an API may be three minutes old.
         */
        get: operations["trial_options"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/touchpoints/{id}/spaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Authorises it for these projects and no others
         * @description Refused while campaigns of a project that would lose it use it.
         */
        patch: operations["touchpoint_authorise"];
        trace?: never;
    };
    "/api/touchpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends one request now with these values, as a campaign would, also while the touchpoint is disabled */
        post: operations["trial_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The webhooks of the organization, the newest first */
        get: operations["webhook_list"];
        put?: never;
        /** Makes a webhook */
        post: operations["webhook_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One webhook */
        get: operations["webhook_get"];
        put?: never;
        post?: never;
        /** Deletes a webhook: what waits for it is canceled, its delivery log stays */
        delete: operations["webhook_delete"];
        options?: never;
        head?: never;
        /** Changes what the body names and keeps the rest */
        patch: operations["webhook_update"];
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A webhook's deliveries, newest first
         * @description They outlive the webhook.
         */
        get: operations["delivery_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whether a past event passes the webhook's filters as they are now, and which clause decides */
        post: operations["filter_explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/reconcile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends what a receiver lacks
         * @description The events of a time that match, but for those it says it has.
         */
        post: operations["replay_reconcile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends again every event of a time that the webhook's filters match now
         * @description Or those that failed. It goes on by itself; ask how far it is.
         */
        post: operations["replay_replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/replays/{replayId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a replay is */
        get: operations["replay_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/replays/{replayId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stops a replay
         * @description What is planned is still sent, the rest is not.
         */
        post: operations["replay_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/rotateSecret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replaces the secret
         * @description The old one signs beside the new one in `webhook-signature` for the overlap; `X-FeatureProbe-Sign` uses the new one at once.
         */
        post: operations["webhook_rotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a sample now, also while the webhook is disabled, and keeps no delivery of it */
        post: operations["webhook_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/checkUrl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Names of the webhooks that have exactly this URL, which may be percent-encoded or not */
        get: operations["webhook_checkUrl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/filters/dryRun": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Which past events filters would let through
         * @description Those of a webhook to be made, or changes to one there is. Nothing is kept.
         */
        post: operations["filter_dryRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a webhook with these fields would be sent for a sample of the event
         * @description Nothing is saved or sent.
         */
        post: operations["format_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/secretKey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A random secret for a form to fill in; stored nowhere */
        get: operations["webhook_suggestSecret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The templates that come with Flagpost */
        get: operations["format_templates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/server/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What SDKs report: evaluations, and what applications track
         * @description Events of kind `custom` become events of the profile whose userId is their `user`, in the project of the environment; one that can’t be taken is passed over, and so is a report without `access`. All else is checked, and not kept as yet.
         */
        post: operations["internalServer_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/server/sdk_keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All SDK keys */
        get: operations["internalServer_sdkKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/server/toggles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Toggles, segments and events of the environment whose SDK key stands in `Authorization` */
        get: operations["internalServer_toggles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All metrics in Prometheus' text format */
        get: operations["metrics_text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptedDto: {
            /** @example 1 */
            accepted: number;
        };
        AccessDto: {
            /** @example false */
            isAccess: boolean;
        };
        AccessTokenItem: {
            /** @example Admin */
            createdBy: string;
            /** @example 1 */
            id: number;
            /** @example deploy bot */
            name: string;
            /**
             * @description Of APPLICATION tokens.
             * @enum {string}
             */
            role?: "OWNER" | "WRITER";
            /**
             * Format: date-time
             * @description Last use, to the minute; absent before the first.
             */
            visitedTime?: string;
        };
        AnalysisDto: {
            /**
             * @description By position of the variation; empty without data.
             * @example {}
             */
            data: {
                [key: string]: unknown;
            };
            /** @example 2026-11-23 00:00:00 */
            end?: string;
            metric: components["schemas"]["MetricDto"];
            /** @example 2026-11-22 00:00:00 */
            start?: string;
        };
        ApplicationSettings: {
            /** @enum {string} */
            loginMode: "PASSWORD";
            /**
             * @description Shown in the code samples for SDKs.
             * @example http://flags.example.com:4008
             */
            serverURI: string;
        };
        ApprovalDataDto: {
            /**
             * @description The content as JSON text.
             * @example {"rules":[],"disabledServe":{"select":0},"defaultServe":{"select":1},"variations":[{"value":"false"},{"value":"true"}],"prerequisites":[]}
             */
            content: string;
            /** @example false */
            disabled: boolean;
        };
        ApprovalDto: {
            /** @description What shall be served. */
            approvalData: components["schemas"]["ApprovalDataDto"];
            /**
             * Format: date-time
             * @description When it was submitted or decided.
             */
            approvalDate: string;
            /**
             * @description Of whoever decided.
             * @example looks good
             */
            comment?: string;
            /** @description What is served now. */
            currentData: components["schemas"]["ApprovalDataDto"];
            /** @example online */
            environmentKey: string;
            /** @example shop */
            projectKey: string;
            /** @enum {string} */
            status: "PENDING" | "PASS" | "REJECT" | "JUMP" | "REVOKE";
            /** @example bob */
            submitBy: string;
            /**
             * @description The submitter's comment.
             * @example go live
             */
            title?: string;
            /** @example new_checkout */
            toggleKey: string;
        };
        ApprovalRecordDto: {
            /**
             * @description Account of whoever decided; empty as long as nobody did.
             * @example
             */
            approvedBy: string;
            /**
             * @description The change was given up.
             * @example false
             */
            canceled: boolean;
            /** @example no longer needed */
            cancelReason?: string;
            /** @example looks good */
            comment?: string;
            /** Format: date-time */
            createdTime: string;
            /** @example online */
            environmentKey: string;
            /** @example Online */
            environmentName: string;
            /**
             * @description The change waits to be decided, published or cancelled.
             * @example true
             */
            locked: boolean;
            /** Format: date-time */
            lockedTime?: string;
            /** Format: date-time */
            modifiedTime: string;
            /** @example shop */
            projectKey: string;
            /** @example Shop */
            projectName: string;
            /**
             * @example [
             *       "Admin"
             *     ]
             */
            reviewers: string[];
            /** @enum {string} */
            status: "PENDING" | "PASS" | "REJECT" | "JUMP" | "REVOKE";
            /** @example bob */
            submitBy: string;
            /**
             * @description The submitter's comment.
             * @example go live
             */
            title: string;
            /** @example new_checkout */
            toggleKey: string;
            /** @example New checkout */
            toggleName: string;
        };
        ApprovalSettingInput: {
            /**
             * @description Publishing needs an approval.
             * @example true
             */
            enable?: boolean | null;
            /** @example online */
            environmentKey: string;
            /**
             * @description Accounts of members.
             * @example [
             *       "Admin"
             *     ]
             */
            reviewers?: string[] | null;
        };
        ApprovalSettingsDto: {
            /** @example true */
            enable: boolean;
            /** @example online */
            environmentKey: string;
            /** @example Online */
            environmentName: string;
            /**
             * @description Approvals are under way, so that it can’t be disabled.
             * @example false
             */
            locked: boolean;
            /**
             * @example [
             *       "Admin"
             *     ]
             */
            reviewers: string[];
        };
        ApprovalTotalDto: {
            /** @example 3 */
            total: number;
        };
        AttemptDto: {
            /** @example 12 */
            durationMs: number;
            /** @example the receiver answered 500 */
            error?: string;
            /**
             * @description From 1.
             * @example 1
             */
            number: number;
            /** @description The first 4 KiB. */
            responseBody?: string;
            /**
             * @example {
             *       "content-type": "application/json"
             *     }
             */
            responseHeaders?: {
                [key: string]: string;
            };
            /** Format: date-time */
            startedTime: string;
            /** @example 200 */
            statusCode?: number;
        };
        AttributeDto: {
            /** @example city */
            key: string;
        };
        AudienceDto: {
            /** @example 1204 */
            count: number;
            /** @description Up to 10 of them, newest first. */
            sample: components["schemas"]["ProfileDto"][];
        };
        AuthInput: {
            /** @description Of BASIC. */
            password?: string | null;
            /**
             * @description Of SECRET: the key of the signature.
             * @example a1234567
             */
            secret?: string | null;
            /**
             * @example SECRET
             * @enum {string}
             */
            type: "SECRET" | "BASIC" | "NONE";
            /** @description Of BASIC; without a colon. */
            username?: string | null;
        };
        CampaignDto: {
            /** @example Admin */
            createdBy: string;
            /** Format: date-time */
            createdTime: string;
            /** @example 7 */
            id: number;
            /**
             * @description Each user by all touchpoints, or by one after the other until one succeeds: ALL or FIRST_SUCCESS.
             * @example ALL
             */
            mode: string;
            /** @example Admin */
            modifiedBy: string;
            /**
             * Format: date-time
             * @description Last change by a member; runs never touch it.
             */
            modifiedTime: string;
            /** @example Birthday coupon */
            name: string;
            /**
             * Format: date-time
             * @description When it will send next, or begin to wait for its event. Absent: nothing is to come, or it is paused.
             */
            nextRunTime?: string;
            /** @example shop */
            projectKey: string;
            /**
             * @description The audience; a draft may lack it.
             * @example vip
             */
            segmentKey?: string;
            /** @enum {string} */
            status: "DRAFT" | "IN_APPROVAL" | "TO_PUBLISH" | "NOT_STARTED" | "RUNNING" | "PAUSED" | "FINISHED" | "CLOSED";
            steps: components["schemas"]["CampaignStepDto"][];
            /**
             * @example {
             *       "amount": 100
             *     }
             */
            templateValues: {
                [key: string]: string | number | boolean | string[];
            };
            trigger?: components["schemas"]["CampaignTriggerDto"];
        };
        CampaignStatsDto: {
            /**
             * @description Users taken down.
             * @example 1000
             */
            audience: number;
            /**
             * @description Not sent to after all: closed, or the profile was deleted.
             * @example 0
             */
            canceled: number;
            /**
             * @description Failed for good.
             * @example 17
             */
            failed: number;
            /** @description Why users failed, the most frequent reason first. */
            failures: components["schemas"]["FailureDto"][];
            /**
             * @description Failed at a touchpoint, and handed on to the next one.
             * @example 0
             */
            passed: number;
            /**
             * @description Not handed to the delivery engine yet.
             * @example 0
             */
            pending: number;
            /**
             * @description How many runs it had so far.
             * @example 1
             */
            runs: number;
            /**
             * @description Handed to the delivery engine and not canceled: of these, those with a result, and `waiting`.
             * @example 1000
             */
            sent: number;
            /** @example 980 */
            succeeded: number;
            /**
             * @description Sent, and without a result so far.
             * @example 3
             */
            waiting: number;
        };
        CampaignStepDto: {
            /**
             * @description With `FIRST_SUCCESS` the lowest goes first, steps without one last, equal ones in the order of the list.
             * @example 1
             */
            priority?: number;
            /** @example 12 */
            touchpointId?: number;
        };
        CampaignTriggerDto: {
            /**
             * @description Of `ONCE`: ISO 8601 with an offset. Absent: as soon as it is published.
             * @example 2126-12-01T09:00:00.000Z
             */
            at?: string;
            /** @description Of `RECURRING`: the last day on which it may run. */
            endDate?: string;
            /** @description Of `TRIGGERED`: ISO 8601 with an offset; excluded. */
            endTime?: string;
            /** @description Of `TRIGGERED`: the name of an event that users are tracked with. */
            event?: string;
            /** @description Of `RECURRING`: one of DAY, WEEK, MONTH. */
            every?: string;
            /** @description Of `TRIGGERED`: which such event of a user sends, from 1. */
            occurrence?: number;
            /** @description Of `RECURRING` by `WEEK` or `MONTH`: days of the week, 1 Monday to 7 Sunday, or of the month, where a day that a month lacks is its last one. Absent: the day that `startDate` is. */
            on?: number[];
            /**
             * @description Of `RECURRING` and `TRIGGERED`: whether a user is sent to once or each time; ONCE or EACH_TIME, or false or true.
             * @default ONCE
             */
            reentry?: string;
            /** @description Of `RECURRING`: the first day on which it may run, `2026-03-01`. */
            startDate?: string;
            /** @description Of `TRIGGERED`: ISO 8601 with an offset. */
            startTime?: string;
            /** @description Of `RECURRING`: `09:30`, in its time zone. A time that clocks skip is run when they have been put forward, one that they show twice the first time. */
            timeOfDay?: string;
            /** @description Of `RECURRING`: such as `Asia/Shanghai`. */
            timeZone?: string;
            /**
             * @example ONCE
             * @enum {string}
             */
            type?: "ONCE" | "RECURRING" | "TRIGGERED";
        };
        CanceledTargetingDto: {
            content: components["schemas"]["TargetingContent"];
            /** @example false */
            disabled: boolean;
            /**
             * @description Publishing needs an approval.
             * @example false
             */
            enableApproval: boolean;
            /**
             * @description An approval is under way.
             * @example false
             */
            locked: boolean;
            /** @example Admin */
            modifiedBy: string;
            /** Format: date-time */
            modifiedTime: string;
            /** Format: date-time */
            publishTime: string;
            /** @enum {string} */
            status: "PENDING_APPROVAL" | "PENDING_RELEASE" | "REJECT" | "RELEASE";
            /** @example 3 */
            version: number;
        };
        CancelSketchDto: {
            /** @example no longer needed */
            comment?: string | null;
        };
        CandidateDto: {
            /** @example false */
            disabled: boolean;
            /** @example new_checkout */
            key: string;
            /** @example New checkout */
            name: string;
            /** @enum {string} */
            returnType: "boolean" | "number" | "string" | "json";
            /**
             * @description Those it has in the environment: a prerequisite asks for the value of one of them.
             * @example [
             *       {
             *         "value": "true",
             *         "name": "on",
             *         "description": ""
             *       }
             *     ]
             */
            variations: components["schemas"]["Variation"][];
        };
        ChangeDto: {
            /**
             * @description Any JSON value.
             * @example true
             */
            from?: ({
                [key: string]: unknown;
            } | unknown[] | string | number | boolean) | null;
            /**
             * @description Where: an RFC 6901 path into `data`.
             * @example /disabled
             */
            path: string;
            /**
             * @description Any JSON value.
             * @example false
             */
            to?: ({
                [key: string]: unknown;
            } | unknown[] | string | number | boolean) | null;
        };
        ChannelAuthDto: {
            /** @description Of BASIC, for owners alone. */
            password?: string;
            /** @description Of SECRET, for owners alone. */
            secret?: string;
            /** @enum {string} */
            type: "SECRET" | "BASIC" | "NONE";
            /**
             * @description Of BASIC.
             * @example flagpost
             */
            username?: string;
        };
        ClauseDto: {
            /**
             * @description The field of the webhook that decides.
             * @enum {string}
             */
            filter: "status" | "events" | "projectKeys" | "environmentKeys" | "toggleKeys";
            /** @example false */
            passed: boolean;
            /** @example the event is TOGGLE.PUBLISH, the webhook wants SEGMENT.* */
            why: string;
        };
        /**
         * @description One test of a user.
         * @example {
         *       "type": "string",
         *       "subject": "city",
         *       "predicate": "is one of",
         *       "objects": [
         *         "Paris"
         *       ]
         *     }
         */
        Condition: {
            /**
             * @description Only of `between`, which holds when both sides do.
             * @enum {string|null}
             */
            leftPredicate?: ">" | ">=" | "<" | "<=" | "after" | "before" | null;
            /** @description Alternatives. Keys of segments for type `segment`, else texts in the form of the type. */
            objects: string[];
            /**
             * @description Each type has its own.
             * @enum {string}
             */
            predicate: "is one of" | "is not any of" | "starts with" | "does not start with" | "ends with" | "does not end with" | "contains" | "does not contain" | "matches regex" | "does not match regex" | "=" | "!=" | ">" | ">=" | "<" | "<=" | "between" | "after" | "before" | "is in" | "is not in";
            /** @description Only of `between`. */
            rightObjects?: string[] | null;
            /**
             * @description Only of `between`.
             * @enum {string|null}
             */
            rightPredicate?: ">" | ">=" | "<" | "<=" | "after" | "before" | null;
            /** @description A user attribute; not of type `segment`. */
            subject?: string | null;
            /** @enum {string} */
            type: "string" | "number" | "datetime" | "semver" | "segment";
        } & {
            [key: string]: unknown;
        };
        CreateAccessTokenRequest: {
            /** @example deploy bot */
            name: string;
            /**
             * @description Of APPLICATION tokens; OWNER can be given by owners only. A PERSON token has its owner’s role.
             * @default WRITER
             * @enum {string}
             */
            role?: "OWNER" | "WRITER";
            /** @enum {string} */
            type: "PERSON" | "APPLICATION";
        };
        CreateCampaignRequest: {
            /**
             * @description Each user by all touchpoints, or by one after the other until one succeeds: ALL or FIRST_SUCCESS.
             * @default ALL
             */
            mode?: string | null;
            /** @example Birthday coupon */
            name: string;
            /**
             * @description The audience.
             * @example vip
             */
            segmentKey?: string | null;
            steps?: components["schemas"]["CampaignStepDto"][] | null;
            /**
             * @description By the names of the touchpoints’ parameters. Texts may hold `{{attribute}}` or `{{attribute|default}}`.
             * @example {
             *       "amount": 100
             *     }
             */
            templateValues?: {
                [key: string]: string | number | boolean | string[];
            } | null;
            trigger?: components["schemas"]["CampaignTriggerDto"] | null;
        };
        CreateEnvironmentDto: {
            /**
             * @description Key of an environment whose targeting the new one starts with.
             * @example online
             */
            copyFrom?: string | null;
            /** @example stage */
            key: string;
            /** @example Stage */
            name: string;
        };
        CreateMembersRequest: {
            /**
             * @example [
             *       "bob"
             *     ]
             */
            accounts: string[];
            /** @example Pass1234 */
            password: string;
            /**
             * @example WRITER
             * @enum {string}
             */
            role: "OWNER" | "WRITER";
            /**
             * @description Where the members come from.
             * @example PLATFORM
             */
            source?: string;
        };
        CreateProjectDto: {
            /** @example The web shop */
            description?: string | null;
            /** @example shop */
            key: string;
            /** @example Shop */
            name: string;
        };
        CreateSegmentDto: {
            /** @example Customers with a contract */
            description?: string | null;
            /** @example vip */
            key: string;
            /** @example VIP */
            name: string;
        };
        CreateToggleDto: {
            /**
             * @description Whether SDKs in browsers and apps get the toggle.
             * @example true
             */
            clientAvailability: boolean;
            /** @example Sends users to the new checkout */
            desc?: string | null;
            /**
             * @description Position of the variation served while disabled.
             * @example 0
             */
            disabledServe: number;
            /** @example new_checkout */
            key: string;
            /** @example New checkout */
            name: string;
            /**
             * @description Meant to stay for good.
             * @default false
             */
            permanent?: boolean | null;
            /**
             * @example boolean
             * @enum {string}
             */
            returnType: "boolean" | "number" | "string" | "json";
            /**
             * @description Those that the project does not have are left out.
             * @example [
             *       "web"
             *     ]
             */
            tags?: string[] | null;
            /**
             * @example [
             *       {
             *         "value": "false",
             *         "name": "off",
             *         "description": ""
             *       },
             *       {
             *         "value": "true",
             *         "name": "on",
             *         "description": ""
             *       }
             *     ]
             */
            variations: components["schemas"]["Variation"][];
        };
        CreateTouchpointRequest: {
            /** @description Of a CHANNEL; NONE unless given. */
            auth?: components["schemas"]["AuthInput"];
            /**
             * @description Users in one request, at most. 1 for endpoints that take no batch.
             * @default 500
             */
            batchSize?: number | null;
            /**
             * @description `CHANNEL`: the webhook channel. `TOUCHPOINT`: the custom touchpoint. Never changes.
             * @example TOUCHPOINT
             * @enum {string}
             */
            kind: "CHANNEL" | "TOUCHPOINT";
            /**
             * @description Requests on the way at once, at the most.
             * @default 10
             */
            maxInFlight?: number | null;
            /**
             * @description Of a TOUCHPOINT at most 15 characters.
             * @example Coupons
             */
            name: string;
            /** @description Of a TOUCHPOINT; SYNC unless given. */
            receipts?: components["schemas"]["ReceiptsInput"];
            /**
             * @description A request that fails is tried again for this long. Null: unset.
             * @example 60
             */
            retryForMinutes?: number | null;
            /** @description At least one of a TOUCHPOINT, at most 10 of a CHANNEL. */
            templateParams?: components["schemas"]["TemplateParamInput"][];
            /**
             * @description One deadline for a whole try: look-up, connect, TLS, send, headers, body.
             * @default 5000
             */
            timeoutMs?: number | null;
            /**
             * @description Of a TOUCHPOINT: signs each request. Empty or null: nothing is signed.
             * @example a1234567
             */
            token?: string | null;
            /**
             * @description Required of a TOUCHPOINT. Never changes.
             * @example BENEFIT
             * @enum {string}
             */
            type?: "NOTICE" | "BENEFIT" | "OTHER";
            /** @example https://coupons.example.com/reach */
            url: string;
            /** @description At least one of a TOUCHPOINT, at most 10 of a CHANNEL. */
            userAttributes?: components["schemas"]["UserAttributeInput"][];
            /**
             * @description Users sent in a second, at the most. Null: no limit. Unless given, 1000 for a CHANNEL and no limit for a TOUCHPOINT.
             * @example 1000
             */
            usersPerSecond?: number | null;
        };
        CreateWebhookRequest: {
            /**
             * @description Signs with the Ed25519 key of the organization, too (`v1a` of Standard Webhooks). Its public key: `/.well-known/organizations/{organizationId}/jwks.json`.
             * @default false
             */
            asymmetricSignature?: boolean;
            /**
             * @default
             * @example For the auditors
             */
            description?: string;
            /**
             * @description Only events of these; an event without such a key passes only an unset list. Empty or null: unset.
             * @example [
             *       "production"
             *     ]
             */
            environmentKeys?: string[] | null;
            /**
             * @description Each `*`, `RESOURCE.*` or `RESOURCE.ACTION`.
             * @default [
             *       "*"
             *     ]
             * @example [
             *       "TOGGLE.PUBLISH",
             *       "SEGMENT.*"
             *     ]
             */
            events?: string[];
            /**
             * @default FEATUREPROBE
             * @enum {string}
             */
            format?: "FEATUREPROBE" | "CLOUDEVENTS" | "TEMPLATE";
            /**
             * @description Extra request headers. Values are kept as secrets; `***` keeps the value stored under that name.
             * @example {
             *       "Authorization": "Bearer abc"
             *     }
             */
            headers?: {
                [key: string]: string;
            } | null;
            /**
             * @description SDK keys in PROJECT and ENVIRONMENT bodies: whole, or their last four characters.
             * @default false
             */
            maskSdkKeys?: boolean;
            /**
             * @description Requests on the way at once, at the most. Null: the default.
             * @default 10
             */
            maxInFlight?: number | null;
            /**
             * @description Requests a second, at the most: any second has that many, give or take one. Null: no limit.
             * @example 50
             */
            maxPerSecond?: number | null;
            /**
             * @description Unique in the organization.
             * @example audit
             */
            name: string;
            /**
             * @description `RESOURCE`: events of one resource arrive in order. `LATEST`: the same, and of those that wait about the same thing only the newest is sent. `NONE`: each by itself.
             * @default RESOURCE
             * @enum {string}
             */
            ordering?: "RESOURCE" | "LATEST" | "NONE";
            /**
             * @description Only events of these; an event without such a key passes only an unset list. Empty or null: unset.
             * @example [
             *       "shop"
             *     ]
             */
            projectKeys?: string[] | null;
            /**
             * @description A delivery is given up at this age.
             * @default 72
             */
            retryForHours?: number;
            /**
             * @description Signs the requests. Left out on creation: one is made. Empty: nothing is signed.
             * @example 3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706
             */
            secretKey?: string;
            /**
             * @default ENABLE
             * @enum {string}
             */
            status?: "ENABLE" | "DISABLE";
            /**
             * @description With format TEMPLATE: the name of a ready template (see `GET /api/webhooks/templates`), or the text of a Mustache template. Empty or null: none.
             * @example slack
             */
            template?: string | null;
            /**
             * @description What a template’s text is sent as, and hence how values are escaped; `application/json; charset=utf-8` unless given. Ready templates have their own. Empty or null: unset.
             * @example text/plain; charset=utf-8
             */
            templateContentType?: string | null;
            /**
             * @description One deadline for a whole try: look-up, connect, TLS, send, headers, body.
             * @default 10000
             */
            timeoutMs?: number;
            /**
             * @description Only events of these; an event without such a key passes only an unset list. Empty or null: unset.
             * @example [
             *       "new_checkout"
             *     ]
             */
            toggleKeys?: string[] | null;
            /** @example https://hooks.example.com/fp */
            url: string;
        };
        DecideApprovalDto: {
            /** @example looks good */
            comment?: string | null;
            /**
             * @description PASS and REJECT are for reviewers; JUMP, which publishes at once, and REVOKE for owners.
             * @enum {string}
             */
            status: "PASS" | "REJECT" | "JUMP" | "REVOKE";
            /**
             * @description For JUMP, as for a publishing.
             * @example true
             */
            trackAccessEvents?: boolean | null;
        };
        DeliveryDetailDto: {
            /**
             * @description Tries made so far.
             * @example 1
             */
            attemptCount: number;
            attempts: components["schemas"]["AttemptDto"][];
            /** Format: date-time */
            createdTime: string;
            /** @example TOGGLE.PUBLISH */
            event: string;
            /**
             * @description Of a request to a touchpoint: the order's id, whose digits are its `orderNo`.
             * @example 019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50
             */
            eventId: string;
            /** Format: date-time */
            finishedTime?: string;
            /** @example 019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11 */
            id: string;
            /** @example answered 500 */
            lastError?: string;
            /** @example 200 */
            lastStatusCode?: number;
            /**
             * Format: date-time
             * @description When the next try goes, while it is pending and not just being sent.
             */
            nextAttemptTime?: string;
            request: components["schemas"]["SentRequestDto"];
            /** @enum {string} */
            status: "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELED";
            /**
             * @description Of a request that reaches users.
             * @example 7
             */
            touchpointId?: number;
            /**
             * @description Absent in a request to a touchpoint, which only `GET /api/deliveries/{id}` shows.
             * @example 5
             */
            webhookId?: number;
        };
        DeliveryDto: {
            /**
             * @description Tries made so far.
             * @example 1
             */
            attemptCount: number;
            /** Format: date-time */
            createdTime: string;
            /** @example TOGGLE.PUBLISH */
            event: string;
            /**
             * @description Of a request to a touchpoint: the order's id, whose digits are its `orderNo`.
             * @example 019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50
             */
            eventId: string;
            /** Format: date-time */
            finishedTime?: string;
            /** @example 019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11 */
            id: string;
            /** @example answered 500 */
            lastError?: string;
            /** @example 200 */
            lastStatusCode?: number;
            /**
             * Format: date-time
             * @description When the next try goes, while it is pending and not just being sent.
             */
            nextAttemptTime?: string;
            /** @enum {string} */
            status: "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELED";
            /**
             * @description Of a request that reaches users.
             * @example 7
             */
            touchpointId?: number;
            /**
             * @description Absent in a request to a touchpoint, which only `GET /api/deliveries/{id}` shows.
             * @example 5
             */
            webhookId?: number;
        };
        DeliveryPageDto: {
            content: components["schemas"]["DeliveryDto"][];
            /** @description Pass as `cursor` to go on; absent on the last page. */
            next?: string;
        };
        DependentDto: {
            /**
             * @description The value that the other one must have.
             * @example true
             */
            dependentValue: string;
            /** @example false */
            disabled: boolean;
            /** @example new_checkout */
            key: string;
            /** @example New checkout */
            name: string;
        };
        DiagnosisDto: {
            /**
             * @example 462
             * @enum {string}
             */
            code: "200" | "460" | "461" | "462" | "463";
            /** @example Neither evaluations of the toggle nor events of the metric have come in yet */
            message: string;
        };
        DictionaryDto: {
            /** Format: date-time */
            createdTime: string;
            /** @example user_last_seen */
            key: string;
            /** Format: date-time */
            modifiedTime: string;
            /**
             * @description JSON, as text and just as it was sent.
             * @example {"projectKey":"shop","environmentKey":"online"}
             */
            value: string;
        };
        EnvironmentDto: {
            /** @example client-965ddabdca5dd390ac9a0398bfb1debce72573c6 */
            clientSdkKey: string;
            /**
             * @description Publishing needs an approval.
             * @example false
             */
            enableApproval: boolean;
            /** @example online */
            key: string;
            /** @example online */
            name: string;
            /** @example server-98848ff59b3278193c0b0bd07a6f3c60b9f69252 */
            serverSdkKey: string;
        };
        Error: {
            /**
             * @description What clients branch on.
             * @example invalid_request
             * @enum {string}
             */
            code: "not_found" | "conflict" | "overflow" | "invalid_request" | "bad_request" | "forbidden" | "unauthorized" | "request_timeout" | "uri_too_long" | "headers_too_large" | "payload_too_large" | "too_many_requests" | "unavailable" | "storage_full" | "internal_error";
            /**
             * @description For people, in the language that `Accept-Language` asks for: English or Chinese.
             * @example name is required
             */
            message: string;
            /** @description Where several things are wrong at once, each of them; the message has them all, too. */
            problems?: {
                /** @example segmentKey */
                field: string;
                /**
                 * @description Reads on after the field.
                 * @example is required
                 */
                message: string;
            }[];
        };
        EventCountDto: {
            /**
             * @description Ever.
             * @example 3
             */
            count: number;
            /** Format: date-time */
            lastTime: string;
            /** @example purchase */
            name: string;
        };
        EventDefinitionDto: {
            /** @enum {string} */
            matcher?: "SIMPLE" | "EXACT" | "SUBSTRING" | "REGULAR";
            /** @example checkout */
            name: string;
            /** @example #buy */
            selector?: string;
            /** @enum {string} */
            type: "CUSTOM" | "PAGE_VIEW" | "CLICK";
            /** @example https://shop.example.com/cart */
            url?: string;
        };
        EventDto: {
            /** @enum {string} */
            action: "CREATE" | "UPDATE" | "DELETE" | "UPDATE_APPROVAL_SETTINGS" | "OFFLINE" | "RESTORE" | "PUBLISH" | "CREATE_APPROVAL" | "UPDATE_APPROVAL" | "REVOKE_APPROVAL" | "ENABLE" | "DISABLE" | "PAUSE" | "RESUME" | "CLOSE";
            /** @description What differs from the state before, for changes of what was there. */
            changes?: components["schemas"]["ChangeDto"][];
            /** @description What was changed, as the webhook body has it; a list where several were changed at once. */
            data?: {
                [key: string]: unknown;
            } | {
                [key: string]: unknown;
            }[];
            /** @example online */
            environmentKey?: string;
            /** @example 019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50 */
            id: string;
            /** @example Admin */
            operator: string;
            /** @example shop */
            projectKey?: string;
            /** @enum {string} */
            resource: "PROJECT" | "ENVIRONMENT" | "SEGMENT" | "TOGGLE" | "MEMBER" | "WEBHOOK" | "TOUCHPOINT" | "CAMPAIGN";
            /** @example vip */
            segmentKey?: string;
            /**
             * @description Epoch milliseconds.
             * @example 1795313729900
             */
            timestamp: number;
            /** @example new_checkout */
            toggleKey?: string;
        };
        EventPage: {
            content: components["schemas"]["EventDto"][];
            /** @description Pass as `after` (or `before`) to go on; absent when there is nothing. */
            next?: string;
        };
        ExchangeSideDto: {
            /** @example {"action":"PUBLISH"} */
            body: string;
            /**
             * @example {
             *       "content-type": "application/json"
             *     }
             */
            headers: {
                [key: string]: string;
            };
        };
        ExplainRequest: {
            /**
             * @description Id of a past event.
             * @example 019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50
             */
            eventId: string;
        };
        ExplanationDto: {
            clauses: components["schemas"]["ClauseDto"][];
            /**
             * @description Whether all clauses passed.
             * @example false
             */
            matches: boolean;
        };
        FailureDto: {
            /** @example 17 */
            count: number;
            /** @example no stock */
            reason: string;
        };
        FilterDryRunDto: {
            /**
             * @description False: there are older events of that time.
             * @example true
             */
            complete: boolean;
            /** @description The newest first. */
            content: components["schemas"]["MatchedEventDto"][];
            /**
             * @description Events of that time that were looked at, the newest.
             * @example 1200
             */
            examined: number;
            /**
             * @description How many of them match.
             * @example 17
             */
            matched: number;
        };
        FilterDryRunRequest: {
            /**
             * @description Only events of these; an event without such a key passes only an unset list. Empty or null: unset.
             * @example [
             *       "production"
             *     ]
             */
            environmentKeys?: string[] | null;
            /**
             * @description Each `*`, `RESOURCE.*` or `RESOURCE.ACTION`.
             * @default [
             *       "*"
             *     ]
             * @example [
             *       "TOGGLE.PUBLISH",
             *       "SEGMENT.*"
             *     ]
             */
            events?: string[];
            /**
             * @description How many of the matching events are listed; all that were examined are counted.
             * @default 50
             */
            limit?: number | null;
            /**
             * @description Only events of these; an event without such a key passes only an unset list. Empty or null: unset.
             * @example [
             *       "shop"
             *     ]
             */
            projectKeys?: string[] | null;
            /**
             * @description Made at or after: ISO 8601 or epoch milliseconds.
             * @example 2026-11-01T00:00:00Z
             */
            since?: string;
            /**
             * @description Only events of these; an event without such a key passes only an unset list. Empty or null: unset.
             * @example [
             *       "new_checkout"
             *     ]
             */
            toggleKeys?: string[] | null;
            /**
             * @description Made at or before: ISO 8601 or epoch milliseconds.
             * @example 2026-12-01T00:00:00Z
             */
            until?: string;
            /**
             * @description A webhook that is to be changed: its filters hold where none are given.
             * @example 5
             */
            webhookId?: number | null;
        };
        Health: {
            /**
             * @example UP
             * @enum {string}
             */
            status: "UP" | "DOWN";
        };
        ImportErrorDto: {
            /**
             * @description Of the file, from 1; where the row begins.
             * @example 3
             */
            line: number;
            /** @example attributes.level must be text, a number, true, false or null */
            message: string;
        };
        ImportReportDto: {
            /** @description The first 100 of the failed. */
            errors: components["schemas"]["ImportErrorDto"][];
            /**
             * @description Rows that were not taken.
             * @example 1
             */
            failed: number;
            /**
             * @description Rows that made a profile.
             * @example 998
             */
            imported: number;
            /**
             * @description Rows whose profile was there.
             * @example 1
             */
            updated: number;
        };
        IterationDto: {
            records: components["schemas"]["IterationRecordDto"][];
            /** Format: date-time */
            start: string;
            /**
             * Format: date-time
             * @description Absent while it lasts.
             */
            stop?: string;
        };
        IterationRecordDto: {
            /** Format: date-time */
            publishTime: string;
            /** @example go live */
            releaseNote?: string;
            /** @example 3 */
            version: number;
        };
        LoginRequest: {
            /**
             * @description Upper and lower case are the same.
             * @example Admin
             */
            account: string;
            /**
             * @description A member without an organization gets one of its own; without this the answer is 412.
             * @enum {string}
             */
            initializeOrganization?: "true" | "false";
            /**
             * @description Absent: the first organization of the member.
             * @example 1
             */
            organizationId?: string;
            /** @example Pass1234 */
            password: string;
            /**
             * @description Of no effect.
             * @example platform
             */
            source?: string;
        };
        LoginResponse: {
            /** @example Admin */
            account: string;
            /**
             * @description Belongs into the header X-OrganizeID of every call.
             * @example 1
             */
            organizeId: number;
            /** @enum {string} */
            role: "OWNER" | "WRITER";
            /**
             * @description Belongs into the header Authorization, after "Bearer ".
             * @example eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJBZG1pbiJ9.c2lnbmF0dXJl
             */
            token: string;
        };
        MatchedEventDto: {
            /** @example online */
            environmentKey?: string;
            /** @example 019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50 */
            id: string;
            /**
             * @example TOGGLE.PUBLISH
             * @enum {string}
             */
            name: "PROJECT.CREATE" | "PROJECT.UPDATE" | "PROJECT.DELETE" | "PROJECT.UPDATE_APPROVAL_SETTINGS" | "ENVIRONMENT.CREATE" | "ENVIRONMENT.UPDATE" | "ENVIRONMENT.OFFLINE" | "ENVIRONMENT.RESTORE" | "SEGMENT.CREATE" | "SEGMENT.UPDATE" | "SEGMENT.PUBLISH" | "SEGMENT.DELETE" | "TOGGLE.CREATE" | "TOGGLE.UPDATE" | "TOGGLE.OFFLINE" | "TOGGLE.RESTORE" | "TOGGLE.PUBLISH" | "TOGGLE.CREATE_APPROVAL" | "TOGGLE.UPDATE_APPROVAL" | "TOGGLE.REVOKE_APPROVAL" | "MEMBER.CREATE" | "MEMBER.UPDATE" | "MEMBER.DELETE" | "WEBHOOK.CREATE" | "WEBHOOK.UPDATE" | "WEBHOOK.DELETE" | "TOUCHPOINT.CREATE" | "TOUCHPOINT.UPDATE" | "TOUCHPOINT.DELETE" | "TOUCHPOINT.ENABLE" | "TOUCHPOINT.DISABLE" | "CAMPAIGN.CREATE" | "CAMPAIGN.UPDATE" | "CAMPAIGN.DELETE" | "CAMPAIGN.PUBLISH" | "CAMPAIGN.PAUSE" | "CAMPAIGN.RESUME" | "CAMPAIGN.CLOSE";
            /** @example Admin */
            operator: string;
            /** @example shop */
            projectKey?: string;
            /** @example vip */
            segmentKey?: string;
            /**
             * @description Epoch milliseconds, as in the feed.
             * @example 1795313729900
             */
            timestamp: number;
            /** @example new_checkout */
            toggleKey?: string;
        };
        MemberDto: {
            /** @example bob */
            account: string;
            /** @example Admin */
            createdBy: string;
            /** Format: date-time */
            createdTime: string;
            /** @example Admin */
            modifiedBy: string;
            /** Format: date-time */
            modifiedTime: string;
            /** @enum {string} */
            role?: "OWNER" | "WRITER";
        };
        MemberItem: {
            /** @example bob */
            account: string;
            /** @description Whether the caller may change or delete this member. */
            allowEdit: boolean;
            /** @example Admin */
            createdBy?: string;
            /** @example Bob */
            nickname?: string;
            /** @example 1 */
            organizationId?: number;
            /** @example Admin */
            organizationMemberCreateBy?: string;
            /** @example Default Organize */
            organizationName?: string;
            /** @enum {string} */
            role: "OWNER" | "WRITER";
            /** @description False for deleted members. */
            valid?: boolean;
            /**
             * Format: date-time
             * @description To the minute; absent before the first visit.
             */
            visitedTime?: string;
        };
        MemberRequest: {
            /** @example bob */
            account: string;
        };
        MetricDto: {
            /** @enum {string} */
            denominator: "TOTAL_SAMPLE" | "TOTAL_PV";
            /** @example Orders sent off */
            description: string;
            /** @example checkout */
            eventName: string;
            /** @enum {string} */
            eventType: "CUSTOM" | "PAGE_VIEW" | "CLICK";
            /** @example 7 */
            id: number;
            /** @enum {string} */
            matcher?: "SIMPLE" | "EXACT" | "SUBSTRING" | "REGULAR";
            /** @enum {string} */
            metricType: "CONVERSION" | "COUNT" | "AVERAGE" | "SUM";
            /** @example Checkouts */
            name: string;
            /** @example #buy */
            selector?: string;
            /** @example  */
            unit: string;
            /** @example https://shop.example.com/cart */
            url?: string;
            /** @enum {string} */
            winCriteria?: "POSITIVE" | "NEGATIVE";
        };
        MissedEventsDto: {
            /**
             * @description How many that its filters match now.
             * @example 12
             */
            events: number;
            /** @description The call that sends them. */
            replay: components["schemas"]["ReplayOfferDto"];
            /**
             * Format: date-time
             * @description Time of the first event missed.
             * @example 2026-11-20T09:00:00.000Z
             */
            since: string;
        };
        ModifyPasswordRequest: {
            /** @example Pass5678 */
            newPassword: string;
            /** @example Pass1234 */
            oldPassword: string;
        };
        NewAccessToken: {
            /**
             * @description Belongs into the header Authorization, as it is. Stored nowhere: keep it.
             * @example api-0123456789abcdef0123456789abcdef01234567
             */
            token: string;
        };
        OptionChildDto: {
            /** @example gold */
            code: string;
            /** @example Gold members */
            description: string;
        };
        OptionDto: {
            /** @description Present in a category: these may be chosen, and it may not. */
            children?: components["schemas"]["OptionChildDto"][];
            /** @example gold */
            code: string;
            /** @example Gold members */
            description: string;
        };
        OptionValueDto: {
            /** @example gold */
            code: string;
            /** @example Gold members */
            name: string;
        };
        OptionValueInput: {
            /**
             * @description What is sent.
             * @example gold
             */
            code: string;
            /** @example Gold members */
            name: string;
        };
        PageableSchema: {
            /** @example 0 */
            offset: number;
            paged: boolean;
            /**
             * @description From 0.
             * @example 0
             */
            pageNumber: number;
            /** @example 10 */
            pageSize: number;
            sort: components["schemas"]["SortSchema"];
            unpaged: boolean;
        };
        PageSchema: {
            empty: boolean;
            first: boolean;
            last: boolean;
            /**
             * @description Of this page, from 0.
             * @example 0
             */
            number: number;
            /** @example 10 */
            numberOfElements: number;
            pageable: components["schemas"]["PageableSchema"];
            /** @example 10 */
            size: number;
            sort: components["schemas"]["SortSchema"];
            /**
             * @description Rows on all pages.
             * @example 23
             */
            totalElements: number;
            /** @example 3 */
            totalPages: number;
        };
        ParameterOptionsDto: {
            multiple?: boolean;
            /** @example https://coupons.example.com/levels */
            url?: string;
            values?: components["schemas"]["OptionValueDto"][];
        };
        ParameterOptionsInput: {
            /**
             * @description Whether several may be chosen.
             * @default false
             */
            multiple?: boolean | null;
            /** @description An API that answers the values. */
            url?: string | null;
            /** @description At most 50. */
            values?: components["schemas"]["OptionValueInput"][];
        };
        /** @description Another toggle of the environment, and the value that it must have for the user. */
        Prerequisite: {
            /** @example new_checkout */
            key: string;
            /**
             * @description Return type of that toggle.
             * @enum {string}
             */
            type: "boolean" | "number" | "string" | "json";
            /** @example true */
            value: string;
        } & {
            [key: string]: unknown;
        };
        PreviewDto: {
            /** @example {"text":"Admin published toggle new_checkout in sample_shop / production"} */
            body: string;
            /**
             * @description The header Content-Type.
             * @example application/json; charset=utf-8
             */
            contentType: string;
        };
        PreviewRequest: {
            /**
             * @default TOGGLE.PUBLISH
             * @enum {string}
             */
            event?: "PROJECT.CREATE" | "PROJECT.UPDATE" | "PROJECT.DELETE" | "PROJECT.UPDATE_APPROVAL_SETTINGS" | "ENVIRONMENT.CREATE" | "ENVIRONMENT.UPDATE" | "ENVIRONMENT.OFFLINE" | "ENVIRONMENT.RESTORE" | "SEGMENT.CREATE" | "SEGMENT.UPDATE" | "SEGMENT.PUBLISH" | "SEGMENT.DELETE" | "TOGGLE.CREATE" | "TOGGLE.UPDATE" | "TOGGLE.OFFLINE" | "TOGGLE.RESTORE" | "TOGGLE.PUBLISH" | "TOGGLE.CREATE_APPROVAL" | "TOGGLE.UPDATE_APPROVAL" | "TOGGLE.REVOKE_APPROVAL" | "MEMBER.CREATE" | "MEMBER.UPDATE" | "MEMBER.DELETE" | "WEBHOOK.CREATE" | "WEBHOOK.UPDATE" | "WEBHOOK.DELETE" | "TOUCHPOINT.CREATE" | "TOUCHPOINT.UPDATE" | "TOUCHPOINT.DELETE" | "TOUCHPOINT.ENABLE" | "TOUCHPOINT.DISABLE" | "CAMPAIGN.CREATE" | "CAMPAIGN.UPDATE" | "CAMPAIGN.DELETE" | "CAMPAIGN.PUBLISH" | "CAMPAIGN.PAUSE" | "CAMPAIGN.RESUME" | "CAMPAIGN.CLOSE";
            /**
             * @description Left out: TEMPLATE where a template is given, else FEATUREPROBE.
             * @example TEMPLATE
             * @enum {string}
             */
            format?: "FEATUREPROBE" | "CLOUDEVENTS" | "TEMPLATE";
            /**
             * @description As the webhook’s field of that name.
             * @default false
             */
            maskSdkKeys?: boolean;
            /**
             * @description With format TEMPLATE: the name of a ready template (see `GET /api/webhooks/templates`), or the text of a Mustache template. Empty or null: none.
             * @example {"text":"{{summary}}"}
             */
            template?: string;
            /**
             * @description What a template’s text is sent as, and hence how values are escaped; `application/json; charset=utf-8` unless given. Ready templates have their own. Empty or null: unset.
             * @example application/json
             */
            templateContentType?: string;
        };
        ProfileDetailDto: {
            /**
             * @description By name.
             * @example {
             *       "city": "Paris",
             *       "level": 3,
             *       "gold": true,
             *       "birthday": "1990-02-28"
             *     }
             */
            attributes: {
                [key: string]: string | number | boolean;
            };
            /** Format: date-time */
            createdTime: string;
            /** @description All names, by name. */
            eventCounts: components["schemas"]["EventCountDto"][];
            /** @description The newest 50, newest first. */
            events: components["schemas"]["ProfileEventDto"][];
            /**
             * @description Unique in the project.
             * @example 17
             */
            gid: number;
            /** Format: date-time */
            modifiedTime: string;
            /**
             * @description Absent: a visitor, who has not signed in.
             * @example u-17
             */
            userId?: string;
        };
        ProfileDto: {
            /**
             * @description By name.
             * @example {
             *       "city": "Paris",
             *       "level": 3,
             *       "gold": true,
             *       "birthday": "1990-02-28"
             *     }
             */
            attributes: {
                [key: string]: string | number | boolean;
            };
            /** Format: date-time */
            createdTime: string;
            /**
             * @description Unique in the project.
             * @example 17
             */
            gid: number;
            /** Format: date-time */
            modifiedTime: string;
            /**
             * @description Absent: a visitor, who has not signed in.
             * @example u-17
             */
            userId?: string;
        };
        ProfileEventDto: {
            /**
             * @description Whatever came with the event.
             * @example {
             *       "sku": "A-1"
             *     }
             */
            attributes?: {
                [key: string]: unknown;
            };
            /**
             * @description `$ma_channel_touch`: what a campaign sent, and what came of it.
             * @example purchase
             */
            name: string;
            /** Format: date-time */
            time: string;
            /**
             * @description Any JSON value.
             * @example 99.5
             */
            value?: ({
                [key: string]: unknown;
            } | unknown[] | string | number | boolean) | null;
        };
        ProfileInputDto: {
            /**
             * @description Replace those of the same name; the others stay, and null takes one away. At most 200 of a profile.
             * @example {
             *       "city": "Paris",
             *       "level": 3,
             *       "gold": true,
             *       "birthday": "1990-02-28"
             *     }
             */
            attributes?: {
                [key: string]: (string | number | boolean) | null;
            } | null;
            /**
             * @description Whose profile it is; a free one may be chosen. None, and no userId: a new visitor.
             * @example 17
             */
            gid?: number | null;
            /**
             * @description Login id, if the user has one; case matters. With the gid of a visitor: who that is.
             * @example u-17
             */
            userId?: string | null;
        };
        ProjectDto: {
            /** @example The web shop */
            description: string;
            /** @description Those that are live, oldest first. */
            environments: components["schemas"]["EnvironmentDto"][];
            /** @example shop */
            key: string;
            /** @example Shop */
            name: string;
        };
        PublishSegmentDto: {
            /**
             * @description The version the new rules started from; refused when the segment is at another.
             * @example 1
             */
            baseVersion?: number | null;
            /** @example Paris too */
            comment?: string | null;
            /** @description All rules; those before are replaced. Null: none. */
            rules?: components["schemas"]["SegmentRule"][] | null;
        };
        PublishSketchDto: {
            /** @example true */
            trackAccessEvents?: boolean | null;
        };
        PublishTargetingDto: {
            /**
             * @description The version the change started from; refused when the targeting is at another.
             * @example 1
             */
            baseVersion?: number | null;
            /** @example go live */
            comment?: string | null;
            content?: components["schemas"]["TargetingContentChange"] | null;
            /** @example false */
            disabled?: boolean | null;
            /** @example true */
            trackAccessEvents?: boolean | null;
        };
        ReadyTemplateDto: {
            /** @example application/json; charset=utf-8 */
            contentType: string;
            /**
             * @description What a webhook’s `template` says to use it.
             * @example slack
             */
            name: string;
            /**
             * @description To start your own from.
             * @example {"text":"{{slack.summary}}","mrkdwn":false}
             */
            template: string;
            /** @example Slack incoming webhook */
            title: string;
        };
        ReceiptsDto: {
            /** @enum {string} */
            mode: "SYNC" | "ASYNC";
            /** @example 120 */
            timeoutMinutes?: number;
            /** @example https://coupons.example.com/receipts */
            url?: string;
        };
        ReceiptsInput: {
            /**
             * @example SYNC
             * @enum {string}
             */
            mode: "SYNC" | "ASYNC";
            /** @description Of ASYNC: who has no result by then has failed. */
            timeoutMinutes?: number | null;
            /** @description Of ASYNC: where results are asked for. */
            url?: string | null;
        };
        RecipientDto: {
            /**
             * @description The request that the user was in. Absent: none was made.
             * @example 019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11
             */
            deliveryId?: string;
            /** @example 1017 */
            gid: number;
            /** @example no stock */
            reason?: string;
            /** @example 12 */
            runId: number;
            /**
             * @description `PENDING`: not handed to the delivery engine. `SENT`: handed to it. `WAITING` for a receipt. `PASSED`: failed here, handed on to the next touchpoint.
             * @enum {string}
             */
            status: "PENDING" | "SENT" | "WAITING" | "SUCCEEDED" | "FAILED" | "PASSED" | "CANCELED";
            /**
             * Format: date-time
             * @description When it came to this status.
             */
            time: string;
            /** @example 5 */
            touchpointId: number;
            /**
             * @description Absent: a visitor, or a profile that is gone.
             * @example u-17
             */
            userId?: string;
        };
        ReconcileRequestDto: {
            /**
             * @description Count what matches and send nothing; also possible while the webhook is disabled.
             * @default false
             */
            dryRun?: boolean;
            /**
             * @description Each `*`, `RESOURCE.*` or `RESOURCE.ACTION`; narrows what the webhook’s own filters match.
             * @example [
             *       "TOGGLE.*"
             *     ]
             */
            events?: string[];
            /**
             * @description Ids of the events the receiver has (`webhook-id`). Ids that nothing is known of are ignored.
             * @example [
             *       "019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50"
             *     ]
             */
            ids: string[];
            /**
             * @description Events that happened at or after: ISO 8601 or epoch milliseconds.
             * @example 2026-11-20T00:00:00Z
             */
            since: string;
            /**
             * @description Events that happened at or before; left out: all until now: ISO 8601 or epoch milliseconds.
             * @example 2026-11-21T00:00:00Z
             */
            until?: string;
        };
        ReplayDto: {
            /**
             * @description Events whose deliveries are planned.
             * @example 7
             */
            done: number;
            /**
             * @description Absent for a dry run.
             * @example 019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11
             */
            id?: string;
            /**
             * @description Events that matched when the replay was made.
             * @example 12
             */
            matched: number;
            /**
             * @description `DONE`: all is planned; the delivery log shows the rest.
             * @enum {string}
             */
            status: "RUNNING" | "DONE" | "CANCELED";
        };
        ReplayOfferBodyDto: {
            /**
             * Format: date-time
             * @description Time of the first event missed.
             * @example 2026-11-20T09:00:00.000Z
             */
            since: string;
            /**
             * Format: date-time
             * @description Time of the last one.
             * @example 2026-11-20T17:30:00.000Z
             */
            until: string;
        };
        ReplayOfferDto: {
            body: components["schemas"]["ReplayOfferBodyDto"];
            /** @example POST */
            method: string;
            /** @example /api/webhooks/5/replay */
            path: string;
        };
        ReplayRequestDto: {
            /**
             * @description Count what matches and send nothing; also possible while the webhook is disabled.
             * @default false
             */
            dryRun?: boolean;
            /**
             * @description Each `*`, `RESOURCE.*` or `RESOURCE.ACTION`; narrows what the webhook’s own filters match.
             * @example [
             *       "TOGGLE.*"
             *     ]
             */
            events?: string[];
            /**
             * @description Events that happened at or after: ISO 8601 or epoch milliseconds.
             * @example 2026-11-20T00:00:00Z
             */
            since: string;
            /**
             * @description `ALL`: every event of that time that the filters match now, also those from before the webhook existed. `FAILED`: those of them whose deliveries failed or were canceled, as far as these are kept.
             * @default ALL
             * @enum {string}
             */
            status?: "ALL" | "FAILED";
            /**
             * @description Events that happened at or before; left out: all until now: ISO 8601 or epoch milliseconds.
             * @example 2026-11-21T00:00:00Z
             */
            until?: string;
        };
        ReportStatusDto: {
            /** @example false */
            isReport: boolean;
        };
        RotateSecretRequest: {
            /**
             * @description How long the old secret signs beside the new one in `webhook-signature`. 0: it ends at once.
             * @default 24
             * @example 24
             */
            overlapHours?: number;
            /**
             * @description The new secret. Left out: one is made.
             * @example 3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706
             */
            secretKey?: string;
        };
        RunDto: {
            /**
             * @description Users taken down.
             * @example 1000
             */
            audience: number;
            /**
             * @description Not sent to after all: closed, or the profile was deleted.
             * @example 0
             */
            canceled: number;
            /**
             * @description Failed for good.
             * @example 17
             */
            failed: number;
            /** @description Why users failed, the most frequent reason first. */
            failures: components["schemas"]["FailureDto"][];
            /**
             * Format: date-time
             * @description When its last user had a result.
             */
            finishedTime?: string;
            /** @example 12 */
            id: number;
            /**
             * @description Failed at a touchpoint, and handed on to the next one.
             * @example 0
             */
            passed: number;
            /**
             * @description Not handed to the delivery engine yet.
             * @example 0
             */
            pending: number;
            /**
             * @description `SNAPSHOT`: the audience is being taken down, and sending has begun. `OPEN`: triggered users come in. `SENDING`: nobody comes any more.
             * @enum {string}
             */
            phase: "SNAPSHOT" | "OPEN" | "SENDING" | "DONE";
            /**
             * @description Why it could not do what it was to do, or was closed.
             * @example segment gold is gone
             */
            problem?: string;
            /**
             * Format: date-time
             * @description When the trigger wanted it.
             */
            scheduledTime: string;
            /**
             * @description Handed to the delivery engine and not canceled: of these, those with a result, and `waiting`.
             * @example 1000
             */
            sent: number;
            /** Format: date-time */
            startedTime: string;
            /** @example 980 */
            succeeded: number;
            /**
             * @description Sent, and without a result so far.
             * @example 3
             */
            waiting: number;
        };
        SavedMetricDto: {
            /** @enum {string} */
            denominator: "TOTAL_SAMPLE" | "TOTAL_PV";
            /** @example Orders sent off */
            description: string;
            events: components["schemas"]["EventDefinitionDto"][];
            /** @example 7 */
            id: number;
            /** @example Checkouts */
            name: string;
            /** @enum {string} */
            type: "CONVERSION" | "COUNT" | "AVERAGE" | "SUM";
            /** @example  */
            unit: string;
            /** @enum {string} */
            winCriteria?: "POSITIVE" | "NEGATIVE";
        };
        SaveMetricDto: {
            /**
             * @default TOTAL_SAMPLE
             * @enum {string|null}
             */
            denominator?: "TOTAL_SAMPLE" | "TOTAL_PV" | null;
            /** @example Orders sent off */
            description?: string | null;
            /**
             * @description Required for CUSTOM.
             * @example checkout
             */
            eventName?: string | null;
            /**
             * @example CUSTOM
             * @enum {string}
             */
            eventType: "CUSTOM" | "PAGE_VIEW" | "CLICK";
            /**
             * @description Required for PAGE_VIEW and CLICK.
             * @enum {string|null}
             */
            matcher?: "SIMPLE" | "EXACT" | "SUBSTRING" | "REGULAR" | null;
            /**
             * @example CONVERSION
             * @enum {string}
             */
            metricType: "CONVERSION" | "COUNT" | "AVERAGE" | "SUM";
            /** @example Checkouts */
            name: string;
            /**
             * @description CSS selector; required for CLICK.
             * @example #buy
             */
            selector?: string | null;
            /** @example  */
            unit?: string | null;
            /**
             * @description Required for PAGE_VIEW and CLICK.
             * @example https://shop.example.com/cart
             */
            url?: string | null;
            /**
             * @description Required unless CONVERSION.
             * @enum {string|null}
             */
            winCriteria?: "POSITIVE" | "NEGATIVE" | null;
        };
        SdkKeysDto: {
            /**
             * @description Client key to server key, of every live environment.
             * @example {
             *       "client-965ddabdca5dd390ac9a0398bfb1debce72573c6": "server-98848ff59b3278193c0b0bd07a6f3c60b9f69252"
             *     }
             */
            mapping: {
                [key: string]: string;
            };
            /** @example 7 */
            version: number;
        };
        SecretSuggestion: {
            /** @example 3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706 */
            secretKey: string;
        };
        SegmentDto: {
            /** Format: date-time */
            createdTime: string;
            /** @example Customers with a contract */
            description: string;
            /** @example vip */
            key: string;
            /** @example Admin */
            modifiedBy: string;
            /** Format: date-time */
            modifiedTime: string;
            /** @example VIP */
            name: string;
            /** @example shop */
            projectKey: string;
            rules: components["schemas"]["SegmentRule"][];
            /** @example 2 */
            version: number;
        };
        /**
         * @description Who belongs to a segment: users for whom all conditions hold.
         * @example {
         *       "name": "paris",
         *       "conditions": [
         *         {
         *           "type": "string",
         *           "subject": "city",
         *           "predicate": "is one of",
         *           "objects": [
         *             "Paris"
         *           ]
         *         }
         *       ]
         *     }
         */
        SegmentRule: {
            /** @description The rule holds when all of them do. */
            conditions: components["schemas"]["Condition"][];
            /** @description For people. */
            name?: string | null;
        } & {
            [key: string]: unknown;
        };
        SegmentUsageDto: {
            /**
             * @description Access events are being collected.
             * @example false
             */
            analyzing: boolean;
            /** @example  */
            description: string;
            /** @example false */
            disabled: boolean;
            /** @example online */
            environmentKey?: string;
            /** @example online */
            environmentName?: string;
            /** @example new_checkout */
            key: string;
            /** @example New checkout */
            name: string;
        };
        SegmentVersionDto: {
            /** @example Paris too */
            comment?: string;
            /** @example Admin */
            createdBy: string;
            /** Format: date-time */
            createdTime: string;
            /** @example vip */
            key: string;
            /** @example shop */
            projectKey: string;
            rules: components["schemas"]["SegmentRule"][];
            /** @example 2 */
            version: number;
        };
        SentRequestDto: {
            /** @example {"action":"PUBLISH"} */
            body: string;
            /**
             * @example {
             *       "content-type": "application/json"
             *     }
             */
            headers: {
                [key: string]: string;
            };
        };
        /**
         * @description Which variation is served: one, or a share of users each. Neither of them: not set yet, only while disabled.
         * @example {
         *       "select": 1
         *     }
         */
        Serve: {
            /** @description Position of a variation, from 0. */
            select?: number | null;
            /** @description A weight per variation, 10000 together. */
            split?: number[] | null;
        } & {
            [key: string]: unknown;
        };
        SigningKeyDto: {
            /** @enum {string} */
            alg: "EdDSA";
            /** @enum {string} */
            crv: "Ed25519";
            /**
             * @description RFC 7638.
             * @example kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
             */
            kid: string;
            /** @enum {string} */
            kty: "OKP";
            /** @enum {string} */
            use: "sig";
            /**
             * @description The same key as libraries of Standard Webhooks take it.
             * @example whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
             */
            whpk: string;
            /**
             * @description base64url.
             * @example 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo
             */
            x: string;
        };
        SigningKeySetDto: {
            keys: components["schemas"]["SigningKeyDto"][];
        };
        SortSchema: {
            empty: boolean;
            sorted: boolean;
            unsorted: boolean;
        };
        SpacesRequest: {
            /**
             * @description Keys of the projects whose campaigns may use it; no other’s may any longer.
             * @example [
             *       "shop"
             *     ]
             */
            projectKeys: string[];
        };
        SubmitApprovalDto: {
            /** @example go live */
            comment?: string | null;
            /** @description What the toggle shall serve; left out, only whether it is disabled changes. */
            content?: components["schemas"]["TargetingContentChange"] | null;
            /** @example false */
            disabled?: boolean | null;
        };
        SuccessMessage: {
            /** @example success */
            message: string;
        };
        TagDto: {
            /** @example web */
            name: string;
        };
        /**
         * @description Everything that decides what a toggle serves in one environment.
         * @example {
         *       "rules": [
         *         {
         *           "name": "fr",
         *           "conditions": [
         *             {
         *               "type": "string",
         *               "subject": "city",
         *               "predicate": "is one of",
         *               "objects": [
         *                 "Paris"
         *               ]
         *             }
         *           ],
         *           "serve": {
         *             "select": 1
         *           }
         *         }
         *       ],
         *       "disabledServe": {
         *         "select": 0
         *       },
         *       "defaultServe": {
         *         "split": [
         *           5000,
         *           5000
         *         ]
         *       },
         *       "variations": [
         *         {
         *           "value": "false",
         *           "name": "off",
         *           "description": ""
         *         },
         *         {
         *           "value": "true",
         *           "name": "on",
         *           "description": ""
         *         }
         *       ],
         *       "prerequisites": []
         *     }
         */
        TargetingContent: {
            defaultServe: components["schemas"]["Serve"];
            disabledServe: components["schemas"]["Serve"];
            prerequisites?: components["schemas"]["Prerequisite"][] | null;
            /** @description The first one that holds decides. */
            rules?: components["schemas"]["TargetingRule"][] | null;
            variations: components["schemas"]["Variation"][];
        } & {
            [key: string]: unknown;
        };
        /**
         * @description New content. Members left out stay as they are.
         * @example {
         *       "rules": [
         *         {
         *           "name": "fr",
         *           "conditions": [
         *             {
         *               "type": "string",
         *               "subject": "city",
         *               "predicate": "is one of",
         *               "objects": [
         *                 "Paris"
         *               ]
         *             }
         *           ],
         *           "serve": {
         *             "select": 1
         *           }
         *         }
         *       ],
         *       "disabledServe": {
         *         "select": 0
         *       },
         *       "defaultServe": {
         *         "split": [
         *           5000,
         *           5000
         *         ]
         *       },
         *       "variations": [
         *         {
         *           "value": "false",
         *           "name": "off",
         *           "description": ""
         *         },
         *         {
         *           "value": "true",
         *           "name": "on",
         *           "description": ""
         *         }
         *       ],
         *       "prerequisites": []
         *     }
         */
        TargetingContentChange: {
            defaultServe?: components["schemas"]["Serve"];
            disabledServe?: components["schemas"]["Serve"];
            prerequisites?: components["schemas"]["Prerequisite"][] | null;
            /** @description The first one that holds decides. */
            rules?: components["schemas"]["TargetingRule"][] | null;
            variations?: components["schemas"]["Variation"][];
        } & {
            [key: string]: unknown;
        };
        TargetingDiffDto: {
            currentContent?: components["schemas"]["TargetingContent"];
            /** @example false */
            currentDisabled?: boolean;
            oldContent?: components["schemas"]["TargetingContent"];
            /** @example true */
            oldDisabled?: boolean;
        };
        TargetingDto: {
            content: components["schemas"]["TargetingContent"];
            /** @example false */
            disabled: boolean;
            /**
             * @description Publishing needs an approval.
             * @example false
             */
            enableApproval: boolean;
            /**
             * @description An approval is under way.
             * @example false
             */
            locked: boolean;
            /** @example Admin */
            modifiedBy: string;
            /** Format: date-time */
            modifiedTime: string;
            /** Format: date-time */
            publishTime: string;
            /** @enum {string} */
            status: "PENDING_APPROVAL" | "PENDING_RELEASE" | "REJECT" | "RELEASE";
            /** @example false */
            trackAccessEvents: boolean;
            /** @example 3 */
            version: number;
        };
        /** @description When it holds, it decides what is served. */
        TargetingRule: {
            /** @description The rule holds when all of them do. */
            conditions: components["schemas"]["Condition"][];
            /** @description For people. */
            name?: string | null;
            serve: components["schemas"]["Serve"];
        } & {
            [key: string]: unknown;
        };
        TargetingVersionDto: {
            /** @example Admin */
            approvalBy?: string;
            /** @example looks good */
            approvalComment?: string;
            /**
             * @description Of the approval that led to it.
             * @enum {string}
             */
            approvalStatus?: "PENDING" | "PASS" | "REJECT" | "JUMP" | "REVOKE";
            /** Format: date-time */
            approvalTime?: string;
            /** @example go live */
            comment?: string;
            content: components["schemas"]["TargetingContent"];
            /** @example Admin */
            createdBy: string;
            /** Format: date-time */
            createdTime: string;
            /** @example false */
            disabled: boolean;
            /** @example online */
            environmentKey: string;
            /** @example shop */
            projectKey: string;
            /** @example new_checkout */
            toggleKey: string;
            /** @example 2 */
            version: number;
        };
        TargetingVersionsDto: {
            /**
             * @description How many versions there are at all.
             * @example 7
             */
            total: number;
            versions: components["schemas"]["TargetingVersionDto"][];
        };
        TargetingViewDto: {
            /**
             * @description Tracking can be switched on: there is a metric.
             * @example false
             */
            allowEnableTrackAccessEvents: boolean;
            /**
             * @description Who decided about it.
             * @example Admin
             */
            approvalBy?: string;
            /** @example looks good */
            approvalComment?: string;
            content: components["schemas"]["TargetingContent"];
            /** @example false */
            disabled: boolean;
            /**
             * @description Publishing needs an approval.
             * @example false
             */
            enableApproval: boolean;
            /**
             * @description An approval is under way.
             * @example false
             */
            locked: boolean;
            /**
             * Format: date-time
             * @description When the change under way was submitted.
             */
            lockedTime?: string;
            /** @example Admin */
            modifiedBy: string;
            /** Format: date-time */
            modifiedTime: string;
            /** Format: date-time */
            publishTime: string;
            /**
             * @description Who reviews the change under way, or would review one.
             * @example [
             *       "Admin"
             *     ]
             */
            reviewers?: string[];
            /**
             * @description That of the approval under way, if there is one.
             * @enum {string}
             */
            status: "RELEASE" | "PENDING" | "PASS" | "REJECT";
            /**
             * @description Who submitted the change under way.
             * @example bob
             */
            submitBy?: string;
            /** @example false */
            trackAccessEvents: boolean;
            /** @example 3 */
            version: number;
        };
        TemplateParamDto: {
            /** @description Sent where the campaign gives none. */
            defaultValue?: string | number | boolean | string[];
            /** @example Amount */
            displayName?: string;
            /** @example amount */
            name: string;
            options?: components["schemas"]["ParameterOptionsDto"];
            required?: boolean;
            /** @enum {string} */
            type: "TEXT" | "NUMBER" | "INTEGER" | "DATE" | "ENUM";
        };
        TemplateParamInput: {
            /**
             * @description Sent where the campaign gives none; must be of the type.
             * @example 100
             */
            defaultValue?: string | number | boolean | string[];
            /** @example Amount */
            displayName?: string | null;
            /**
             * @description What it is called in the request: letters, digits, `_`, `-`, `.` and `$`.
             * @example amount
             */
            name: string;
            /** @description Required of an ENUM. */
            options?: components["schemas"]["ParameterOptionsInput"];
            /** @default false */
            required?: boolean | null;
            /**
             * @description INTEGER of a CHANNEL alone.
             * @example NUMBER
             * @enum {string}
             */
            type: "TEXT" | "NUMBER" | "INTEGER" | "DATE" | "ENUM";
        };
        TestExchangeDto: {
            /** @example 42 */
            durationMs: number;
            /** @description Why it failed, refusals by the egress guard included. */
            error?: string;
            /** @description Values of extra headers are masked. */
            request: components["schemas"]["ExchangeSideDto"];
            response?: components["schemas"]["ExchangeSideDto"];
            /** @example 200 */
            statusCode?: number;
            /**
             * @description Answered with 200–299.
             * @example true
             */
            success: boolean;
        };
        TestResultDto: {
            /** @example 42 */
            durationMs: number;
            /** @description Why it failed, refusals by the egress guard included. */
            error?: string;
            /** @description Values of extra headers are masked. */
            request: components["schemas"]["ExchangeSideDto"];
            response?: components["schemas"]["ExchangeSideDto"];
            /**
             * @description Whether the receiver refused the wrong signature. Present where one was sent.
             * @enum {string}
             */
            signatureCheck?: "REFUSED" | "ACCEPTED" | "UNKNOWN";
            /** @example The receiver refused the wrong signature with status 401. */
            signatureCheckMessage?: string;
            /** @example 200 */
            statusCode?: number;
            /**
             * @description Answered with 200–299.
             * @example true
             */
            success: boolean;
            /** @description The wrongly signed request, where both were sent. */
            wrongSignatureResult?: components["schemas"]["TestExchangeDto"];
        };
        TestTouchpointRequest: {
            /**
             * @example {
             *       "amount": 100
             *     }
             */
            templateValues?: {
                [key: string]: string | number | boolean | string[];
            };
            /**
             * @description Attribute values of each user, by the names of attributes or of parameters. `gid` is 1, 2, … where it is not given. A CHANNEL needs none.
             * @example [
             *       {
             *         "userId": "u-17"
             *       }
             *     ]
             */
            users?: {
                [key: string]: unknown;
            }[];
        };
        TestWebhookRequest: {
            /**
             * @description Sends two samples, one signed rightly and one wrongly, and says in `signatureCheck` whether the receiver tells them apart.
             * @default false
             */
            checkSignature?: boolean;
            /**
             * @default TOGGLE.PUBLISH
             * @enum {string}
             */
            event?: "PROJECT.CREATE" | "PROJECT.UPDATE" | "PROJECT.DELETE" | "PROJECT.UPDATE_APPROVAL_SETTINGS" | "ENVIRONMENT.CREATE" | "ENVIRONMENT.UPDATE" | "ENVIRONMENT.OFFLINE" | "ENVIRONMENT.RESTORE" | "SEGMENT.CREATE" | "SEGMENT.UPDATE" | "SEGMENT.PUBLISH" | "SEGMENT.DELETE" | "TOGGLE.CREATE" | "TOGGLE.UPDATE" | "TOGGLE.OFFLINE" | "TOGGLE.RESTORE" | "TOGGLE.PUBLISH" | "TOGGLE.CREATE_APPROVAL" | "TOGGLE.UPDATE_APPROVAL" | "TOGGLE.REVOKE_APPROVAL" | "MEMBER.CREATE" | "MEMBER.UPDATE" | "MEMBER.DELETE" | "WEBHOOK.CREATE" | "WEBHOOK.UPDATE" | "WEBHOOK.DELETE" | "TOUCHPOINT.CREATE" | "TOUCHPOINT.UPDATE" | "TOUCHPOINT.DELETE" | "TOUCHPOINT.ENABLE" | "TOUCHPOINT.DISABLE" | "CAMPAIGN.CREATE" | "CAMPAIGN.UPDATE" | "CAMPAIGN.DELETE" | "CAMPAIGN.PUBLISH" | "CAMPAIGN.PAUSE" | "CAMPAIGN.RESUME" | "CAMPAIGN.CLOSE";
            /**
             * @description Signs with keys that nobody knows instead of the right ones. A receiver that checks signatures refuses that, and `signatureCheck` says whether it did.
             * @default false
             */
            wrongSignature?: boolean;
        };
        ToggleDto: {
            /** @example false */
            archived: boolean;
            /** @example true */
            clientAvailability: boolean;
            /** Format: date-time */
            createdTime: string;
            /** @example Sends users to the new checkout */
            desc: string;
            /** @example 0 */
            disabledServe: number;
            /** @example new_checkout */
            key: string;
            /** @example Admin */
            modifiedBy: string;
            /** Format: date-time */
            modifiedTime: string;
            /** @example New checkout */
            name: string;
            /** @example false */
            permanent: boolean;
            /** @enum {string} */
            returnType: "boolean" | "number" | "string" | "json";
            /**
             * @example [
             *       "web"
             *     ]
             */
            tags: string[];
            /**
             * @description Days since it was made, once it is overdue for removal.
             * @example 45
             */
            useDays?: number;
            /**
             * @example [
             *       {
             *         "value": "false",
             *         "name": "off",
             *         "description": ""
             *       },
             *       {
             *         "value": "true",
             *         "name": "on",
             *         "description": ""
             *       }
             *     ]
             */
            variations: components["schemas"]["Variation"][];
        };
        ToggleItemDto: {
            /** @example  */
            desc: string;
            /** @example true */
            disabled?: boolean;
            /** @example new_checkout */
            key: string;
            /**
             * @description An approval is under way.
             * @example false
             */
            locked?: boolean;
            /**
             * @description Who submitted the change under approval.
             * @example bob
             */
            lockedBy?: string;
            /** Format: date-time */
            lockedTime?: string;
            /** @example Admin */
            modifiedBy: string;
            /** Format: date-time */
            modifiedTime: string;
            /** @example New checkout */
            name: string;
            /** @example false */
            permanent: boolean;
            /** @enum {string} */
            releaseStatus?: "PENDING_APPROVAL" | "PENDING_RELEASE" | "REJECT" | "RELEASE";
            /** @enum {string} */
            returnType: "boolean" | "number" | "string" | "json";
            /**
             * @example [
             *       "web"
             *     ]
             */
            tags?: string[];
            /** @example 45 */
            useDays?: number;
        };
        TouchpointDeliveryDto: {
            /**
             * @description Tries made so far.
             * @example 1
             */
            attemptCount: number;
            /** Format: date-time */
            createdTime: string;
            /** Format: date-time */
            finishedTime?: string;
            /** @example 019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11 */
            id: string;
            /** @example answered 500 */
            lastError?: string;
            /** @example 200 */
            lastStatusCode?: number;
            /**
             * Format: date-time
             * @description When the next try goes, while it is pending and not just being sent.
             */
            nextAttemptTime?: string;
            /** @example 1f1d0ea0c457453ab3c80ed376e5c66c */
            orderNo: string;
            /** @enum {string} */
            status: "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELED";
        };
        TouchpointDeliveryPageDto: {
            content: components["schemas"]["TouchpointDeliveryDto"][];
            /** @description Pass as `cursor` to go on; absent on the last page. */
            next?: string;
        };
        TouchpointDto: {
            /** @description Of a CHANNEL. */
            auth?: components["schemas"]["ChannelAuthDto"];
            /** @example 500 */
            batchSize: number;
            /** @example Admin */
            createdBy: string;
            /** Format: date-time */
            createdTime: string;
            /** @example 12 */
            id: number;
            /** @enum {string} */
            kind: "CHANNEL" | "TOUCHPOINT";
            /** @example 10 */
            maxInFlight: number;
            /** @example Admin */
            modifiedBy: string;
            /** Format: date-time */
            modifiedTime: string;
            /** @example Coupons */
            name: string;
            /**
             * @description Projects whose campaigns may use it, by key.
             * @example [
             *       "shop"
             *     ]
             */
            projectKeys: string[];
            /** @description Of a TOUCHPOINT. */
            receipts?: components["schemas"]["ReceiptsDto"];
            /** @example 60 */
            retryForMinutes?: number;
            /** @enum {string} */
            status: "ENABLED" | "DISABLED";
            templateParams: components["schemas"]["TemplateParamDto"][];
            /** @example 5000 */
            timeoutMs: number;
            /** @description Of a TOUCHPOINT, for owners alone. Empty: nothing is signed. */
            token?: string;
            /**
             * @description Of a TOUCHPOINT.
             * @enum {string}
             */
            type?: "NOTICE" | "BENEFIT" | "OTHER";
            /** @example https://coupons.example.com/reach */
            url: string;
            userAttributes: components["schemas"]["UserAttributeDto"][];
            /**
             * @description Absent: no limit.
             * @example 1000
             */
            usersPerSecond?: number;
        };
        TouchpointHealthDto: {
            /** @enum {string} */
            state: "HEALTHY" | "FAILING" | "PAUSED" | "DISABLED";
            /**
             * Format: date-time
             * @description When the next try may go.
             */
            until?: string;
            /** @example the receiver answered 503 with Retry-After */
            why?: string;
        };
        TouchpointItemDto: {
            /** @description Of a CHANNEL. */
            auth?: components["schemas"]["ChannelAuthDto"];
            /** @example 500 */
            batchSize: number;
            /** @example Admin */
            createdBy: string;
            /** Format: date-time */
            createdTime: string;
            health: components["schemas"]["TouchpointHealthDto"];
            /** @example 12 */
            id: number;
            /** @enum {string} */
            kind: "CHANNEL" | "TOUCHPOINT";
            /** @example 10 */
            maxInFlight: number;
            /** @example Admin */
            modifiedBy: string;
            /** Format: date-time */
            modifiedTime: string;
            /** @example Coupons */
            name: string;
            /**
             * @description Projects whose campaigns may use it, by key.
             * @example [
             *       "shop"
             *     ]
             */
            projectKeys: string[];
            /** @description Of a TOUCHPOINT. */
            receipts?: components["schemas"]["ReceiptsDto"];
            /** @description Where receipts are asked for: how that has been doing. */
            receiptsHealth?: components["schemas"]["TouchpointHealthDto"];
            /** @example 60 */
            retryForMinutes?: number;
            /** @enum {string} */
            status: "ENABLED" | "DISABLED";
            templateParams: components["schemas"]["TemplateParamDto"][];
            /** @example 5000 */
            timeoutMs: number;
            /** @description Of a TOUCHPOINT, for owners alone. Empty: nothing is signed. */
            token?: string;
            /**
             * @description Of a TOUCHPOINT.
             * @enum {string}
             */
            type?: "NOTICE" | "BENEFIT" | "OTHER";
            /** @example https://coupons.example.com/reach */
            url: string;
            userAttributes: components["schemas"]["UserAttributeDto"][];
            /**
             * @description Absent: no limit.
             * @example 1000
             */
            usersPerSecond?: number;
        };
        TrackedEventsDto: {
            /** @example false */
            debuggerEnabled: boolean;
            /**
             * @description Epoch milliseconds; 0 when reporting is off.
             * @example 0
             */
            debugUntilTime: number;
            /** @example online */
            environmentKey: string;
            /**
             * @description One evaluation each; empty, since SDKs report to nobody yet.
             * @example []
             */
            events: {
                [key: string]: unknown;
            }[];
            /** @example shop */
            projectKey: string;
        };
        TrackerStatusDto: {
            /** @example true */
            enabled: boolean;
        };
        TrackEventDto: {
            /**
             * @description Whatever is wanted of the event later.
             * @example {
             *       "sku": "A-1"
             *     }
             */
            attributes?: {
                [key: string]: unknown;
            };
            /**
             * @description The same, by gid.
             * @example 17
             */
            gid?: number;
            /**
             * @description Not beginning with `$ma_`.
             * @example purchase
             */
            name: string;
            /**
             * @description ISO 8601, UTC where it names no zone, or epoch milliseconds; absent: now.
             * @example 2026-11-22T02:00:00.412Z
             */
            time?: string;
            /**
             * @description Who did it; one that nobody has makes a profile.
             * @example u-17
             */
            userId?: string;
            /**
             * @description Any JSON value.
             * @example 99.5
             */
            value?: ({
                [key: string]: unknown;
            } | unknown[] | string | number | boolean) | null;
        };
        TrafficDto: {
            /** @example false */
            isAccess: boolean;
            /**
             * @description One variation each; empty without data.
             * @example []
             */
            summary: {
                [key: string]: unknown;
            }[];
            /**
             * @description One point in time each; empty without data.
             * @example []
             */
            traffic: {
                [key: string]: unknown;
            }[];
        };
        TrialRequestDto: {
            /** @example {"code":0,"orderNo":"1f1d0ea0c457453ab3c80ed376e5c66c","sendStatusList":[]} */
            body: string;
            /**
             * @example {
             *       "content-type": "application/json"
             *     }
             */
            headers: {
                [key: string]: string;
            };
            /** @example https://coupons.example.com/reach */
            url: string;
        };
        TrialResponseDto: {
            /** @example {"code":0,"orderNo":"1f1d0ea0c457453ab3c80ed376e5c66c","sendStatusList":[]} */
            body: string;
            /**
             * @example {
             *       "content-type": "application/json"
             *     }
             */
            headers: {
                [key: string]: string;
            };
        };
        TrialResultDto: {
            /** @example 42 */
            durationMs: number;
            /** @description What was wrong, or odd in an answer that counts as success; refusals by the egress guard included. */
            error?: string;
            /** @description Secrets are masked. */
            request: components["schemas"]["TrialRequestDto"];
            response?: components["schemas"]["TrialResponseDto"];
            /** @example 200 */
            statusCode?: number;
            /**
             * @description A CHANNEL: answered 200. A TOUCHPOINT: every user was reached, or with ASYNC receipts the request was taken.
             * @example true
             */
            success: boolean;
        };
        UpdateApprovalSettingsDto: {
            approvalSettings: components["schemas"]["ApprovalSettingInput"][];
        };
        UpdateCampaignRequest: {
            /** @description Each user by all touchpoints, or by one after the other until one succeeds: ALL or FIRST_SUCCESS. */
            mode?: string | null;
            /** @example Birthday coupon */
            name?: string;
            /**
             * @description The audience.
             * @example vip
             */
            segmentKey?: string | null;
            steps?: components["schemas"]["CampaignStepDto"][] | null;
            /**
             * @description By the names of the touchpoints’ parameters. Texts may hold `{{attribute}}` or `{{attribute|default}}`.
             * @example {
             *       "amount": 100
             *     }
             */
            templateValues?: {
                [key: string]: string | number | boolean | string[];
            } | null;
            trigger?: components["schemas"]["CampaignTriggerDto"] | null;
        };
        UpdateEnvironmentDto: {
            /** @example Stage */
            name?: string | null;
            /**
             * @description Replaces the key of SDKs in browsers and apps.
             * @example false
             */
            resetClientSdk?: boolean | null;
            /**
             * @description Replaces the key of server-side SDKs.
             * @example false
             */
            resetServerSdk?: boolean | null;
        };
        UpdateMemberRequest: {
            /** @example bob */
            account: string;
            /**
             * @description Of one’s own account only; empty: none.
             * @example Bob
             */
            nickname?: string;
            /**
             * @description For owners. Ends all sessions of the member.
             * @example Pass5678
             */
            password?: string;
            /**
             * @description For owners.
             * @enum {string}
             */
            role?: "OWNER" | "WRITER";
        };
        UpdateProjectDto: {
            /** @example The web shop */
            description?: string | null;
            /** @example Shop */
            name?: string | null;
        };
        UpdateSegmentDto: {
            /** @example Customers with a contract */
            description?: string | null;
            /** @example VIP */
            name?: string | null;
        };
        UpdateToggleDto: {
            /** @example true */
            clientAvailability?: boolean | null;
            /** @example Sends users to the new checkout */
            desc?: string | null;
            /** @example 0 */
            disabledServe?: number | null;
            /** @example New checkout */
            name?: string | null;
            /**
             * @description Meant to stay for good; left out, it becomes false.
             * @example false
             */
            permanent?: boolean | null;
            /**
             * @description All there shall be; those that the project does not have are left out.
             * @example [
             *       "web"
             *     ]
             */
            tags?: string[] | null;
            /**
             * @example [
             *       {
             *         "value": "false",
             *         "name": "off",
             *         "description": ""
             *       },
             *       {
             *         "value": "true",
             *         "name": "on",
             *         "description": ""
             *       }
             *     ]
             */
            variations?: components["schemas"]["Variation"][] | null;
        };
        UpdateTouchpointRequest: {
            /** @description Of a CHANNEL; NONE unless given. */
            auth?: components["schemas"]["AuthInput"];
            /** @description Users in one request, at most. 1 for endpoints that take no batch. */
            batchSize?: number | null;
            /**
             * @description `CHANNEL`: the webhook channel. `TOUCHPOINT`: the custom touchpoint. Never changes.
             * @example TOUCHPOINT
             * @enum {string}
             */
            kind?: "CHANNEL" | "TOUCHPOINT";
            /** @description Requests on the way at once, at the most. */
            maxInFlight?: number | null;
            /**
             * @description Of a TOUCHPOINT at most 15 characters.
             * @example Coupons
             */
            name?: string;
            /** @description Of a TOUCHPOINT; SYNC unless given. */
            receipts?: components["schemas"]["ReceiptsInput"];
            /**
             * @description A request that fails is tried again for this long. Null: unset.
             * @example 60
             */
            retryForMinutes?: number | null;
            /** @description At least one of a TOUCHPOINT, at most 10 of a CHANNEL. */
            templateParams?: components["schemas"]["TemplateParamInput"][];
            /** @description One deadline for a whole try: look-up, connect, TLS, send, headers, body. */
            timeoutMs?: number | null;
            /**
             * @description Of a TOUCHPOINT: signs each request. Empty or null: nothing is signed.
             * @example a1234567
             */
            token?: string | null;
            /**
             * @description Required of a TOUCHPOINT. Never changes.
             * @example BENEFIT
             * @enum {string}
             */
            type?: "NOTICE" | "BENEFIT" | "OTHER";
            /** @example https://coupons.example.com/reach */
            url?: string;
            /** @description At least one of a TOUCHPOINT, at most 10 of a CHANNEL. */
            userAttributes?: components["schemas"]["UserAttributeInput"][];
            /**
             * @description Users sent in a second, at the most. Null: no limit. Unless given, 1000 for a CHANNEL and no limit for a TOUCHPOINT.
             * @example 1000
             */
            usersPerSecond?: number | null;
        };
        UpdateWebhookRequest: {
            /** @description Signs with the Ed25519 key of the organization, too (`v1a` of Standard Webhooks). Its public key: `/.well-known/organizations/{organizationId}/jwks.json`. */
            asymmetricSignature?: boolean;
            /** @example For the auditors */
            description?: string;
            /**
             * @description Only events of these; an event without such a key passes only an unset list. Empty or null: unset.
             * @example [
             *       "production"
             *     ]
             */
            environmentKeys?: string[] | null;
            /**
             * @description Each `*`, `RESOURCE.*` or `RESOURCE.ACTION`.
             * @example [
             *       "TOGGLE.PUBLISH",
             *       "SEGMENT.*"
             *     ]
             */
            events?: string[];
            /** @enum {string} */
            format?: "FEATUREPROBE" | "CLOUDEVENTS" | "TEMPLATE";
            /**
             * @description Extra request headers. Values are kept as secrets; `***` keeps the value stored under that name.
             * @example {
             *       "Authorization": "Bearer abc"
             *     }
             */
            headers?: {
                [key: string]: string;
            } | null;
            /** @description SDK keys in PROJECT and ENVIRONMENT bodies: whole, or their last four characters. */
            maskSdkKeys?: boolean;
            /** @description Requests on the way at once, at the most. Null: the default. */
            maxInFlight?: number | null;
            /**
             * @description Requests a second, at the most: any second has that many, give or take one. Null: no limit.
             * @example 50
             */
            maxPerSecond?: number | null;
            /**
             * @description Unique in the organization.
             * @example audit
             */
            name?: string;
            /**
             * @description `RESOURCE`: events of one resource arrive in order. `LATEST`: the same, and of those that wait about the same thing only the newest is sent. `NONE`: each by itself.
             * @enum {string}
             */
            ordering?: "RESOURCE" | "LATEST" | "NONE";
            /**
             * @description Only events of these; an event without such a key passes only an unset list. Empty or null: unset.
             * @example [
             *       "shop"
             *     ]
             */
            projectKeys?: string[] | null;
            /** @description A delivery is given up at this age. */
            retryForHours?: number;
            /**
             * @description Signs the requests. Left out on creation: one is made. Empty: nothing is signed.
             * @example 3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706
             */
            secretKey?: string;
            /** @enum {string} */
            status?: "ENABLE" | "DISABLE";
            /**
             * @description With format TEMPLATE: the name of a ready template (see `GET /api/webhooks/templates`), or the text of a Mustache template. Empty or null: none.
             * @example slack
             */
            template?: string | null;
            /**
             * @description What a template’s text is sent as, and hence how values are escaped; `application/json; charset=utf-8` unless given. Ready templates have their own. Empty or null: unset.
             * @example text/plain; charset=utf-8
             */
            templateContentType?: string | null;
            /** @description One deadline for a whole try: look-up, connect, TLS, send, headers, body. */
            timeoutMs?: number;
            /**
             * @description Only events of these; an event without such a key passes only an unset list. Empty or null: unset.
             * @example [
             *       "new_checkout"
             *     ]
             */
            toggleKeys?: string[] | null;
            /** @example https://hooks.example.com/fp */
            url?: string;
        };
        UserAttributeDto: {
            /** @example userId */
            attribute: string;
            /** @description Sent where the user has no value, or an empty one. */
            defaultValue?: string | number | boolean;
            /** @example Member */
            displayName?: string;
            /** @example memberId */
            name: string;
        };
        UserAttributeInput: {
            /**
             * @description A profile’s attribute, or `gid` or `userId`.
             * @example userId
             */
            attribute: string;
            /**
             * @description Sent where the user has no value, or an empty one.
             * @example unknown
             */
            defaultValue?: string | number | boolean;
            /** @example Member */
            displayName?: string | null;
            /**
             * @description What it is called in the request; the attribute’s own name unless given.
             * @example memberId
             */
            name?: string | null;
        };
        /** @description A value that a toggle may yield. */
        Variation: {
            /** @example  */
            description?: string | null;
            /** @example on */
            name?: string | null;
            /**
             * @description As text that converts to the toggle's type.
             * @example true
             */
            value: string;
        } & {
            [key: string]: unknown;
        };
        WebhookDto: {
            /**
             * @description Whether requests have an Ed25519 signature, too.
             * @example false
             */
            asymmetricSignature: boolean;
            /** @example Admin */
            createdBy: string;
            /** Format: date-time */
            createdTime: string;
            /** @example  */
            description: string;
            /** @description Absent: all. */
            environmentKeys?: string[];
            /**
             * @example [
             *       "*"
             *     ]
             */
            events: string[];
            /** @enum {string} */
            format: "FEATUREPROBE" | "CLOUDEVENTS" | "TEMPLATE";
            /**
             * @description Extra request headers; values are never shown.
             * @example {
             *       "Authorization": "***"
             *     }
             */
            headers?: {
                [key: string]: string;
            };
            /** @example 5 */
            id: number;
            /** @example false */
            maskSdkKeys: boolean;
            /** @example 10 */
            maxInFlight: number;
            /**
             * @description Requests a second, at the most. Absent: no limit.
             * @example 50
             */
            maxPerSecond?: number;
            /** @example Admin */
            modifiedBy: string;
            /**
             * Format: date-time
             * @description Last edit; deliveries never touch it.
             */
            modifiedTime: string;
            /** @example audit */
            name: string;
            /** @enum {string} */
            ordering: "RESOURCE" | "LATEST" | "NONE";
            /**
             * Format: date-time
             * @description For owners alone: the secret before the last rotation signs, too, until then.
             */
            previousSecretValidUntil?: string;
            /** @description Absent: all. */
            projectKeys?: string[];
            /**
             * @description Where this server shows the public key of the Ed25519 signatures to everyone.
             * @example /.well-known/organizations/1/jwks.json
             */
            publicKeyPath?: string;
            /** @example 72 */
            retryForHours: number;
            /** @description For owners alone. Empty: nothing is signed. */
            secretKey?: string;
            /** @enum {string} */
            status: "ENABLE" | "DISABLE";
            /**
             * @description A ready template’s name, or a template.
             * @example slack
             */
            template?: string;
            /**
             * @description Of a template’s text.
             * @example text/plain; charset=utf-8
             */
            templateContentType?: string;
            /** @example 10000 */
            timeoutMs: number;
            /** @description Absent: all. */
            toggleKeys?: string[];
            /** @example https://hooks.example.com/fp */
            url: string;
        };
        WebhookHealthDto: {
            /** @enum {string} */
            state: "HEALTHY" | "FAILING" | "PAUSED" | "DISABLED";
            /**
             * Format: date-time
             * @description When the next try may go.
             */
            until?: string;
            /** @example the receiver answered 503 with Retry-After */
            why?: string;
        };
        WebhookItemDto: {
            /**
             * @description Whether requests have an Ed25519 signature, too.
             * @example false
             */
            asymmetricSignature: boolean;
            /** @example Admin */
            createdBy: string;
            /** Format: date-time */
            createdTime: string;
            /** @example  */
            description: string;
            /** @description Absent: all. */
            environmentKeys?: string[];
            /**
             * @example [
             *       "*"
             *     ]
             */
            events: string[];
            /** @enum {string} */
            format: "FEATUREPROBE" | "CLOUDEVENTS" | "TEMPLATE";
            /**
             * @description Extra request headers; values are never shown.
             * @example {
             *       "Authorization": "***"
             *     }
             */
            headers?: {
                [key: string]: string;
            };
            health: components["schemas"]["WebhookHealthDto"];
            /** @example 5 */
            id: number;
            /**
             * @description How the last try went.
             * @enum {string}
             */
            lastedStatus?: "SUCCESS" | "FAIL";
            /**
             * @description 0: there was no HTTP answer.
             * @example 200
             */
            lastedStatusCode?: number;
            /** Format: date-time */
            lastedTime?: string;
            /** @example false */
            maskSdkKeys: boolean;
            /** @example 10 */
            maxInFlight: number;
            /**
             * @description Requests a second, at the most. Absent: no limit.
             * @example 50
             */
            maxPerSecond?: number;
            /** @description To owners who ask for this webhook alone, once it is enabled again: what it missed while it was disabled. */
            missed?: components["schemas"]["MissedEventsDto"];
            /** @example Admin */
            modifiedBy: string;
            /**
             * Format: date-time
             * @description Last edit; deliveries never touch it.
             */
            modifiedTime: string;
            /** @example audit */
            name: string;
            /** @enum {string} */
            ordering: "RESOURCE" | "LATEST" | "NONE";
            /**
             * Format: date-time
             * @description For owners alone: the secret before the last rotation signs, too, until then.
             */
            previousSecretValidUntil?: string;
            /** @description Absent: all. */
            projectKeys?: string[];
            /**
             * @description Where this server shows the public key of the Ed25519 signatures to everyone.
             * @example /.well-known/organizations/1/jwks.json
             */
            publicKeyPath?: string;
            /** @example 72 */
            retryForHours: number;
            /** @description For owners alone. Empty: nothing is signed. */
            secretKey?: string;
            /** @enum {string} */
            status: "ENABLE" | "DISABLE";
            /**
             * @description A ready template’s name, or a template.
             * @example slack
             */
            template?: string;
            /**
             * @description Of a template’s text.
             * @example text/plain; charset=utf-8
             */
            templateContentType?: string;
            /** @example 10000 */
            timeoutMs: number;
            /** @description Absent: all. */
            toggleKeys?: string[];
            /** @example https://hooks.example.com/fp */
            url: string;
        };
    };
    responses: {
        /** @description Not found, taken, or not valid; the message names the field: `not_found`, `conflict`, `overflow`, `invalid_request`, `bad_request`. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Not allowed in this role, or of another organization: `forbidden`. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description No such route, or no environment with this SDK key: `not_found`. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is over 4 MiB: `payload_too_large`. */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Not signed in: `unauthorized`. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A request that no route could read, or a defect. */
        Unexpected: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
        OrganizationId: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    signingKey_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organizationId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKeySetDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            default: components["responses"]["Unexpected"];
        };
    };
    health_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The database is silent. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["Unexpected"];
        };
    };
    health_liveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["Unexpected"];
        };
    };
    health_readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The database is silent. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["Unexpected"];
        };
    };
    application_settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationSettings"];
                };
            };
            default: components["responses"]["Unexpected"];
        };
    };
    approvalRecord_list: {
        parameters: {
            query?: {
                /** @description Text in the toggle’s name or the title. */
                keyword?: string;
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
                /** @description Those at any of these. */
                status?: ("PENDING" | "PASS" | "REJECT" | "JUMP" | "REVOKE")[];
                /** @description Those to review, or those submitted. */
                type?: "APPROVAL" | "APPLY";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["ApprovalRecordDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    approvalRecord_total: {
        parameters: {
            query?: {
                status?: "PENDING" | "PASS" | "REJECT" | "JUMP" | "REVOKE";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalTotalDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    delivery_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetailDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    delivery_redeliver: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    dictionary_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /** @description Equal whatever its case. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DictionaryDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    dictionary_put: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /** @description Equal whatever its case. */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": ({
                    [key: string]: unknown;
                } | unknown[] | string | number | boolean) | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DictionaryDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    event_list: {
        parameters: {
            query?: {
                action?: "CREATE" | "UPDATE" | "DELETE" | "UPDATE_APPROVAL_SETTINGS" | "OFFLINE" | "RESTORE" | "PUBLISH" | "CREATE_APPROVAL" | "UPDATE_APPROVAL" | "REVOKE_APPROVAL" | "ENABLE" | "DISABLE" | "PAUSE" | "RESUME" | "CLOSE";
                /** @description An event id, or 0 for the start: answers what came after, oldest first. */
                after?: string;
                /** @description An event id: answers what came before, newest first. With `after`: what lies between, oldest first. */
                before?: string;
                environmentKey?: string;
                limit?: number;
                /** @description Account of whoever made the change. */
                operator?: string;
                projectKey?: string;
                resource?: "PROJECT" | "ENVIRONMENT" | "SEGMENT" | "TOGGLE" | "MEMBER" | "WEBHOOK" | "TOUCHPOINT" | "CAMPAIGN";
                segmentKey?: string;
                /** @description Made at or after: ISO 8601 or epoch milliseconds. */
                since?: string;
                toggleKey?: string;
                /** @description Made at or before: ISO 8601 or epoch milliseconds. */
                until?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    eventStream_stream: {
        parameters: {
            query?: {
                action?: "CREATE" | "UPDATE" | "DELETE" | "UPDATE_APPROVAL_SETTINGS" | "OFFLINE" | "RESTORE" | "PUBLISH" | "CREATE_APPROVAL" | "UPDATE_APPROVAL" | "REVOKE_APPROVAL" | "ENABLE" | "DISABLE" | "PAUSE" | "RESUME" | "CLOSE";
                /** @description An event id, or 0 for the start: begins with what came after. The header Last-Event-ID, which clients send when they connect again, goes before it. Without either: begins now. */
                after?: string;
                environmentKey?: string;
                /** @description Account of whoever made the change. */
                operator?: string;
                projectKey?: string;
                resource?: "PROJECT" | "ENVIRONMENT" | "SEGMENT" | "TOGGLE" | "MEMBER" | "WEBHOOK" | "TOUCHPOINT" | "CAMPAIGN";
                segmentKey?: string;
                /** @description Made at or after: ISO 8601 or epoch milliseconds. */
                since?: string;
                toggleKey?: string;
                /** @description Made at or before: ISO 8601 or epoch milliseconds. */
                until?: string;
            };
            header?: {
                /** @description Id of the last event the client has: goes on after it. */
                "Last-Event-ID"?: string;
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    login_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description No such account, wrong password, or no member of that organization: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A member without an organization: `forbidden`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            /** @description Too many failed attempts: `too_many_requests`, with the header Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            default: components["responses"]["Unexpected"];
        };
    };
    member_list: {
        parameters: {
            query?: {
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["MemberItem"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    member_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateMembersRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    member_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    member_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateMemberRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    member_current: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberItem"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    member_modifyPassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModifyPasswordRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberItem"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    member_query: {
        parameters: {
            query: {
                account: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberItem"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    misc_sdkVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                key: "java_sdk_version" | "rust_sdk_version" | "android_sdk_version";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    project_list: {
        parameters: {
            query?: {
                /** @description Text in the name or description. */
                keyword?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    project_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProjectDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    project_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    project_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    project_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateProjectDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    approvalSettings_list: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalSettingsDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    approvalSettings_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateApprovalSettingsDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalSettingsDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    attribute_list: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    attribute_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributeDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    campaign_list: {
        parameters: {
            query?: {
                /** @description Part of the name, whatever its case. */
                keyword?: string;
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
                status?: "DRAFT" | "IN_APPROVAL" | "TO_PUBLISH" | "NOT_STARTED" | "RUNNING" | "PAUSED" | "FINISHED" | "CLOSED";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["CampaignDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    campaign_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCampaignRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    campaign_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    campaign_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    campaign_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateCampaignRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    campaign_close: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    campaign_pause: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    campaign_publish: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    run_recipients: {
        parameters: {
            query?: {
                /** @description Only this user. */
                gid?: number;
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
                /** @description Only those of this run. */
                runId?: number;
                /** @description Only those of this status. */
                status?: "PENDING" | "SENT" | "WAITING" | "SUCCEEDED" | "FAILED" | "PASSED" | "CANCELED";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /** @description Id of the campaign. */
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["RecipientDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    campaign_resume: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    run_runs: {
        parameters: {
            query?: {
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /** @description Id of the campaign. */
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["RunDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    run_stats: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /** @description Id of the campaign. */
                id: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignStatsDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    environment_list: {
        parameters: {
            query?: {
                /** @description Those that are offline instead of the live ones. */
                archived?: boolean;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    environment_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateEnvironmentDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    environment_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    environment_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateEnvironmentDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    eventTracker_read: {
        parameters: {
            query?: {
                uuid?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrackedEventsDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    eventTracker_switch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrackerStatusDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuccessMessage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    environment_takeOffline: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    environment_restore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    traffic_access: {
        parameters: {
            query?: {
                sdkType?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    metric_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetricDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    metric_save: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaveMetricDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedMetricDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    metric_analysis: {
        parameters: {
            query?: {
                end?: string;
                start?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalysisDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    metric_diagnosis: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiagnosisDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    metric_iterations: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IterationDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    metric_status: {
        parameters: {
            query?: {
                sdkType?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportStatusDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    targeting_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TargetingViewDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    targeting_publish: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PublishTargetingDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TargetingDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    approval_submit: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SubmitApprovalDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    approval_decide: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecideApprovalDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    usedAttributes_list: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    approval_diff: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TargetingDiffDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    prerequisite_dependents: {
        parameters: {
            query?: {
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["DependentDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    prerequisite_candidates: {
        parameters: {
            query?: {
                key?: string;
                /** @description Text in the name or key. */
                likeNameAndKey?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CandidateDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    approval_cancel: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelSketchDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CanceledTargetingDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    approval_publish: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PublishSketchDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TargetingDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    targeting_versions: {
        parameters: {
            query?: {
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
                /** @description Only versions below this one. */
                version?: number;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["TargetingVersionDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    targeting_versionsFrom: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TargetingVersionsDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    traffic_traffic: {
        parameters: {
            query?: {
                lastHours?: number;
                /** @description By what variations are told apart. */
                trafficType?: "NAME" | "VALUE";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of an environment, whatever its case.
                 * @example online
                 */
                environmentKey: string;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrafficDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    environment_exists: {
        parameters: {
            query: {
                type: "KEY" | "NAME";
                value: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuccessMessage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    profile_list: {
        parameters: {
            query?: {
                /** @description A gid, or what userIds begin with; where there is none, what they contain, whatever the case. */
                keyword?: string;
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
                /** @description Only who is in this segment. */
                segmentKey?: string;
                /** @description Exactly this one. */
                userId?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["ProfileDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    profile_put: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProfileInputDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    profile_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /** @description The gid of a profile. */
                gid: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileDetailDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    profile_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /** @description The gid of a profile. */
                gid: number;
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    profile_track: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrackEventDto"][];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    profileImport_import: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": string;
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReportDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    segment_list: {
        parameters: {
            query?: {
                /** @description Text in the name, key or description. */
                keyword?: string;
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["SegmentDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    segment_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSegmentDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    segment_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a segment, whatever its case.
                 * @example vip
                 */
                segmentKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    segment_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a segment, whatever its case.
                 * @example vip
                 */
                segmentKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    segment_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a segment, whatever its case.
                 * @example vip
                 */
                segmentKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateSegmentDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    profile_audience: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a segment, whatever its case.
                 * @example vip
                 */
                segmentKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudienceDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    segment_publish: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a segment, whatever its case.
                 * @example vip
                 */
                segmentKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PublishSegmentDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    segmentUsage_list: {
        parameters: {
            query?: {
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a segment, whatever its case.
                 * @example vip
                 */
                segmentKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["SegmentUsageDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    segment_versions: {
        parameters: {
            query?: {
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a segment, whatever its case.
                 * @example vip
                 */
                segmentKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["SegmentVersionDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    segment_exists: {
        parameters: {
            query: {
                type: "KEY" | "NAME";
                value: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuccessMessage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    tag_list: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    tag_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TagDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    toggle_list: {
        parameters: {
            query?: {
                /** @description The archived ones instead of the others. */
                archived?: boolean;
                /** @description Those disabled, or those that are not. */
                disabled?: boolean;
                /** @description Shows the toggles as they are there. */
                environmentKey?: string;
                /** @description Text in the name, key or description. */
                keyword?: string;
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
                /** @description Those meant to stay, or the others. */
                permanent?: boolean;
                /** @description Those that the caller made, changed or published. */
                related?: boolean;
                /** @description Those at any of these. */
                releaseStatusList?: ("PENDING_APPROVAL" | "PENDING_RELEASE" | "REJECT" | "RELEASE")[];
                /** @description A toggle with any of them will do. */
                tags?: string[];
                /** @description By when users last got the toggle. */
                visitFilter?: "IN_WEEK_VISITED" | "OUT_WEEK_VISITED" | "NOT_VISITED";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["ToggleItemDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    toggle_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateToggleDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToggleDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    toggle_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToggleDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    toggle_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateToggleDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToggleDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    toggle_takeOffline: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToggleDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    toggle_restore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
                /**
                 * @description Key of a toggle, whatever its case.
                 * @example new_checkout
                 */
                toggleKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToggleDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    toggle_exists: {
        parameters: {
            query: {
                type: "KEY" | "NAME";
                value: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                /**
                 * @description Key of a project, whatever its case.
                 * @example shop
                 */
                projectKey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuccessMessage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    project_exists: {
        parameters: {
            query: {
                type: "KEY" | "NAME";
                value: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuccessMessage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    accessToken_list: {
        parameters: {
            query?: {
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
                /** @description Absent: of both types. */
                type?: "PERSON" | "APPLICATION";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["AccessTokenItem"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    accessToken_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAccessTokenRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewAccessToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    accessToken_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessTokenItem"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    accessToken_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessTokenItem"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    accessToken_exists: {
        parameters: {
            query: {
                name: string;
                type: "PERSON" | "APPLICATION";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuccessMessage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    touchpoint_list: {
        parameters: {
            query?: {
                /** @description Part of the name, whatever its case. */
                keyword?: string;
                kind?: "CHANNEL" | "TOUCHPOINT";
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
                /** @description Only those that campaigns of this project may pick: enabled, and authorised for it. */
                projectKey?: string;
                status?: "ENABLED" | "DISABLED";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["TouchpointItemDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    touchpoint_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTouchpointRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TouchpointItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    touchpoint_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TouchpointItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    touchpoint_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TouchpointDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    touchpoint_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateTouchpointRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TouchpointItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    touchpointDelivery_list: {
        parameters: {
            query?: {
                /** @description The `next` of the page before. */
                cursor?: string;
                limit?: number;
                /** @description The requests that asked for receipts, instead of those that reached users. */
                receipts?: boolean;
                /** @description Made at or after: ISO 8601 or epoch milliseconds. */
                since?: string;
                /** @description Only those in this state. */
                status?: "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELED";
                /** @description Made at or before: ISO 8601 or epoch milliseconds. */
                until?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TouchpointDeliveryPageDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    touchpoint_disable: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TouchpointItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    touchpoint_enable: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TouchpointItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    trial_options: {
        parameters: {
            query?: {
                /** @description Required where the values come from an API, which is told the project’s number. */
                projectKey?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                param: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OptionDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    touchpoint_authorise: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpacesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TouchpointItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    trial_test: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TestTouchpointRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialResultDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    webhook_list: {
        parameters: {
            query?: {
                /** @description Part of the name, whatever its case. */
                nameLike?: string;
                /** @description From 0. */
                pageIndex?: number;
                pageSize?: number;
                status?: "ENABLE" | "DISABLE";
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSchema"] & {
                        content: components["schemas"]["WebhookItemDto"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    webhook_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    webhook_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    webhook_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    webhook_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateWebhookRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    delivery_list: {
        parameters: {
            query?: {
                /** @description The `next` of the page before. */
                cursor?: string;
                event?: "PROJECT.CREATE" | "PROJECT.UPDATE" | "PROJECT.DELETE" | "PROJECT.UPDATE_APPROVAL_SETTINGS" | "ENVIRONMENT.CREATE" | "ENVIRONMENT.UPDATE" | "ENVIRONMENT.OFFLINE" | "ENVIRONMENT.RESTORE" | "SEGMENT.CREATE" | "SEGMENT.UPDATE" | "SEGMENT.PUBLISH" | "SEGMENT.DELETE" | "TOGGLE.CREATE" | "TOGGLE.UPDATE" | "TOGGLE.OFFLINE" | "TOGGLE.RESTORE" | "TOGGLE.PUBLISH" | "TOGGLE.CREATE_APPROVAL" | "TOGGLE.UPDATE_APPROVAL" | "TOGGLE.REVOKE_APPROVAL" | "MEMBER.CREATE" | "MEMBER.UPDATE" | "MEMBER.DELETE" | "WEBHOOK.CREATE" | "WEBHOOK.UPDATE" | "WEBHOOK.DELETE" | "TOUCHPOINT.CREATE" | "TOUCHPOINT.UPDATE" | "TOUCHPOINT.DELETE" | "TOUCHPOINT.ENABLE" | "TOUCHPOINT.DISABLE" | "CAMPAIGN.CREATE" | "CAMPAIGN.UPDATE" | "CAMPAIGN.DELETE" | "CAMPAIGN.PUBLISH" | "CAMPAIGN.PAUSE" | "CAMPAIGN.RESUME" | "CAMPAIGN.CLOSE";
                limit?: number;
                /** @description Made at or after: ISO 8601 or epoch milliseconds. */
                since?: string;
                /** @description Only those in this state. */
                status?: "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELED";
                /** @description Made at or before: ISO 8601 or epoch milliseconds. */
                until?: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPageDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    filter_explain: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExplainRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExplanationDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    replay_reconcile: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReconcileRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    replay_replay: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    replay_get: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                replayId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    replay_cancel: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
                replayId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    webhook_rotateSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateSecretRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookItemDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    webhook_test: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TestWebhookRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestResultDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    webhook_checkUrl: {
        parameters: {
            query: {
                url: string;
            };
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    filter_dryRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["FilterDryRunRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilterDryRunDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    format_preview: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    webhook_suggestSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretSuggestion"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    format_templates: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `organizeId` of the login. Calls with an access token need none: a token is of one organization. */
                "X-OrganizeID"?: components["parameters"]["OrganizationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyTemplateDto"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Unexpected"];
        };
    };
    internalServer_events: {
        parameters: {
            query?: {
                /** @description INTERNAL_TOKEN, unless it is in the header X-Internal-Token. */
                token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>[];
            };
        };
        responses: {
            /** @description Taken in; without a body */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            default: components["responses"]["Unexpected"];
        };
    };
    internalServer_sdkKeys: {
        parameters: {
            query?: {
                /** @description INTERNAL_TOKEN, unless it is in the header X-Internal-Token. */
                token?: string;
                /** @description 406 unless there is something newer. */
                version?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SdkKeysDto"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            /** @description The caller has the newest version already */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Unexpected"];
        };
    };
    internalServer_toggles: {
        parameters: {
            query?: {
                /** @description INTERNAL_TOKEN, unless it is in the header X-Internal-Token. */
                token?: string;
                /** @description 406 unless there is something newer. */
                version?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rules of the environment, as SDKs evaluate them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Until when SDKs report each evaluation, epoch milliseconds; absent: they don’t. */
                        debugUntilTime?: number;
                        /** @description By name: what SDKs in browsers look out for. */
                        events: {
                            [key: string]: {
                                matcher?: string;
                                /** @example checkout */
                                name: string;
                                selector?: string;
                                type: string;
                                url?: string;
                            };
                        };
                        /** @description By `uniqueId`. */
                        segments: {
                            [key: string]: {
                                rules: {
                                    conditions: {
                                        /**
                                         * @example [
                                         *       "Paris"
                                         *     ]
                                         */
                                        objects: string[];
                                        /** @example is one of */
                                        predicate: string;
                                        /** @example city */
                                        subject?: string;
                                        /** @enum {string} */
                                        type: "string" | "number" | "datetime" | "semver" | "segment";
                                    }[];
                                }[];
                                /** @example shop$vip */
                                uniqueId: string;
                                version: number;
                            };
                        };
                        /** @description By key. */
                        toggles: {
                            [key: string]: {
                                /** @description Chooses in one of the two ways. */
                                defaultServe: {
                                    /** @description Position of a variation. */
                                    select?: number;
                                    split?: {
                                        /** @description For each variation the ranges [from, to) of buckets that get it, out of 10000. */
                                        distribution: number[][][];
                                    };
                                };
                                /** @description Chooses in one of the two ways. */
                                disabledServe: {
                                    /** @description Position of a variation. */
                                    select?: number;
                                    split?: {
                                        /** @description For each variation the ranges [from, to) of buckets that get it, out of 10000. */
                                        distribution: number[][][];
                                    };
                                };
                                enabled: boolean;
                                /** @description SDKs in browsers and apps get it too. */
                                forClient: boolean;
                                /** @example new_checkout */
                                key: string;
                                /** @description Epoch milliseconds. */
                                lastModified: number;
                                prerequisites: {
                                    /** @example other_toggle */
                                    key: string;
                                    /** @description Of the toggle's return type. */
                                    value: (boolean | number | string | {
                                        [key: string]: unknown;
                                    } | unknown[]) | null;
                                }[];
                                rules: {
                                    conditions: {
                                        /**
                                         * @example [
                                         *       "Paris"
                                         *     ]
                                         */
                                        objects: string[];
                                        /** @example is one of */
                                        predicate: string;
                                        /** @example city */
                                        subject?: string;
                                        /** @enum {string} */
                                        type: "string" | "number" | "datetime" | "semver" | "segment";
                                    }[];
                                    /** @description Chooses in one of the two ways. */
                                    serve: {
                                        /** @description Position of a variation. */
                                        select?: number;
                                        split?: {
                                            /** @description For each variation the ranges [from, to) of buckets that get it, out of 10000. */
                                            distribution: number[][][];
                                        };
                                    };
                                }[];
                                trackAccessEvents: boolean;
                                variations: ((boolean | number | string | {
                                    [key: string]: unknown;
                                } | unknown[]) | null)[];
                                version: number;
                            };
                        };
                        version: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            /** @description The caller has the newest version already */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Unexpected"];
        };
    };
    metrics_text: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Unexpected"];
        };
    };
}
